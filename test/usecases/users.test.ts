import { describe, expect, it } from 'vitest';
import {
  addUser,
  inviteUser,
  listUsers,
  removeUser,
  resetUserFactor,
  withdrawInvitation,
} from '../../src/usecases/users.js';
import { tableLines } from '../../src/words/formats.js';
import { invitationTable, userTable } from '../../src/words/users.js';
import { sharedPanel } from './panel-work.js';

const JANE = { username: 'jane', email: 'jane@example.com', groups: ['editors'] };
const PASSWORD = 'correct horse battery';
const { panel, open } = sharedPanel();
const logsIn = (username: string, password: string): boolean =>
  panel().sandbox.controls.tryLogin(panel().droplet.id, username, password);

describe('users', () => {
  it('are added with a typed password, listed, and removed once the name is typed', async () => {
    const { work, world, face, changes } = await open(
      { secret: 'Password of jane (not shown)', text: PASSWORD },
      { confirm: 'Remove the user jane?', typed: 'jane' },
    );
    await addUser('fra1-edge', JANE, work);
    expect(logsIn('jane', PASSWORD)).toBe(true);
    const { users } = await listUsers('fra1-edge', work);
    expect(tableLines(userTable(users))).toContainEqual(
      expect.stringMatching(/^jane +jane +jane@example\.com +editors$/),
    );
    await removeUser('fra1-edge', 'jane', work);
    expect(logsIn('jane', PASSWORD)).toBe(false);
    expect(changes).toEqual(['POST /api/users', 'DELETE /api/users/jane']);
    expect(face.said.join('\n')).not.toContain(PASSWORD);
    expect(world.ports.redactor.clean(PASSWORD)).not.toContain(PASSWORD);
    face.finish();
  });

  it('are not removed when the last one would go', async () => {
    const { work, changes } = await open();
    await expect(removeUser('fra1-edge', 'admin', work)).rejects.toMatchObject({
      code: 'user-last',
    });
    expect(changes).toEqual([]);
  });

  it('get a new second factor, which no line and no log has', async () => {
    const { work, world, face } = await open({ confirm: 'Give admin a new second factor?' });
    const { totpUri } = await resetUserFactor('fra1-edge', 'admin', work);
    expect(totpUri).toMatch(/^otpauth:\/\/totp\/Portlama:admin\?secret=/);
    expect(face.said.join('\n')).not.toContain('otpauth');
    expect(world.ports.redactor.clean(totpUri)).not.toContain('secret=');
  });

  it.each([
    [{ ...JANE, username: 'Jane' }, 'username-invalid'],
    [{ ...JANE, username: 'j' }, 'username-invalid'],
    [{ ...JANE, email: 'nobody' }, 'email-invalid'],
  ])('of %j are refused before anything is sent', async (input, code) => {
    const { work, changes } = await open();
    await expect(addUser('fra1-edge', input, work)).rejects.toMatchObject({ code });
    await expect(inviteUser('fra1-edge', input, work)).rejects.toMatchObject({ code });
    expect(changes).toEqual([]);
  });

  it('of a taken name keep their password', async () => {
    const { work, changes } = await open({ secret: /admin/, text: PASSWORD });
    await expect(addUser('fra1-edge', { ...JANE, username: 'admin' }, work)).rejects.toMatchObject({
      code: 'user-taken',
    });
    expect(changes).toEqual([]);
  });
});

describe('invitations', () => {
  it('make a link that works once, and are listed without it', async () => {
    const { work, world, face } = await open();
    const { inviteUrl } = await inviteUser('fra1-edge', JANE, work);
    expect(inviteUrl).toMatch(/^https:\/\/auth\.lab\.example\.com\/invite\/[0-9a-f]{64}$/);
    expect(face.said).toEqual([]);
    expect(world.ports.redactor.clean(inviteUrl)).not.toMatch(/[0-9a-f]{64}/);
    const pending = await listUsers('fra1-edge', work);
    expect(JSON.stringify(pending)).not.toContain(inviteUrl.slice(-64));
    expect(tableLines(invitationTable(pending.invitations))).toContainEqual(
      expect.stringMatching(/^jane +jane@example\.com +pending +\d{4}-\d\d-\d\d$/),
    );
    const path = `/api/invite/${inviteUrl.slice(-64)}/accept`;
    const body = { password: PASSWORD };
    expect((await panel().call({ method: 'POST', path, body })).status).toBe(200);
    expect(logsIn('jane', PASSWORD)).toBe(true);
    expect((await panel().call({ method: 'POST', path, body })).status).toBe(404);
    expect((await listUsers('fra1-edge', work)).invitations[0]?.status).toBe('accepted');
  });

  it('that are open can be withdrawn, and then lead nowhere', async () => {
    const { work } = await open();
    const { inviteUrl } = await inviteUser('fra1-edge', { ...JANE, username: 'joe' }, work);
    await withdrawInvitation('fra1-edge', 'joe', work);
    const path = `/api/invite/${inviteUrl.slice(-64)}`;
    expect((await panel().call({ method: 'GET', path })).status).toBe(404);
    await expect(withdrawInvitation('fra1-edge', 'joe', work)).rejects.toMatchObject({
      code: 'invitation-unknown',
    });
  });

  it.each(['0', '31', '1.5', 'week'])('do not last %s days', async (days) => {
    const { work, changes } = await open();
    await expect(inviteUser('fra1-edge', { ...JANE, days }, work)).rejects.toMatchObject({
      code: 'days-invalid',
    });
    expect(changes).toEqual([]);
  });
});
