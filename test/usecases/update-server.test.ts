import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import type { DropletFaultInput } from '../../src/sandbox/faults/droplet-faults.js';
import type { FoundVersion } from '../../src/services/installer/find-package.js';
import { updateServer } from '../../src/usecases/update-server.js';
import { DOMAIN } from '../contract/panel-world.js';
import { openPanel, panelServer, type PanelWork } from './panel-work.js';
import { EDGE } from '../app/fakes/fake-world.js';
import type { Answer } from './scripted-face.js';

const UPDATE = { confirm: 'Update the panel of fra1-edge?' };
const NEWEST: Record<string, FoundVersion> = {
  '@lamalibre/portlama-panel-server': { kind: 'found', version: '0.1.31' },
  '@lamalibre/create-portlama': { kind: 'found', version: '1.0.53' },
};

async function server(
  newest: Readonly<Record<string, FoundVersion>>,
  ...answers: readonly Answer[]
): Promise<PanelWork> {
  const here = await openPanel({ updateMs: 60, restartMs: 60 });
  await here.onboard();
  here.sandbox.controls.publish('0.1.31');
  const test = await panelServer(here, ['update'], answers, { sandbox: true });
  test.world.newest = newest;
  test.world.workerClock = fast;
  return test;
}

/** Seconds pass in milliseconds, and ten minutes in one second. */
const fast = {
  ...systemClock,
  monotonic: () => performance.now() * 10,
  sleep: () => systemClock.sleep(5),
};
const fault = (test: PanelWork, planned: DropletFaultInput): void =>
  test.here.sandbox.controls.addDropletFault(planned, { dropletId: test.here.droplet.id });

describe('updateServer', () => {
  it('ends when another version answers, and orders once', async () => {
    const test = await server(NEWEST, UPDATE);
    const done = await updateServer('fra1-edge', {}, test.work);
    expect(done).toMatchObject({ before: '0.1.30', after: '0.1.31', ending: 'updated' });
    expect(test.sent).toEqual(['update']);
    expect(test.face.said).toEqual(['The panel of fra1-edge is updated: 0.1.30 → 0.1.31.']);
    expect(test.face.shown).toContain(
      `https://cloud.digitalocean.com/droplets/${EDGE.providerId}/snapshots`,
    );
    test.face.finish();
    const again = await updateServer('fra1-edge', {}, test.work);
    expect(again.ending).toBe('current');
    expect(test.sent).toEqual(['update']);
  });

  it('does not take the early answer of the old process for success', async () => {
    const test = await server(NEWEST, UPDATE);
    fault(test, { kind: 'update-fails', when: 'before-stop' });
    const done = await updateServer('fra1-edge', {}, test.work);
    expect(done.ending).toBe('unchanged');
    expect(test.face.said.join('\n')).toContain("journalctl -u 'portlama-update-*'");
  });

  it('sends no second order after its worker was killed, and follows the first', async () => {
    const test = await server(NEWEST, UPDATE);
    const { world } = test;
    fault(test, { kind: 'update-fails', when: 'before-stop' });
    world.workerClock = { ...systemClock, sleep: () => new Promise(() => undefined) };
    const running = updateServer('fra1-edge', {}, test.work);
    const isFollowed = async (): Promise<boolean> =>
      (await world.operations.list()).some(({ waiting }) => waiting !== undefined);
    await expect.poll(isFollowed).toBe(true);
    const [operation] = await world.operations.list();
    world.operations.kill(operation!.id);
    await expect(running).rejects.toMatchObject({ code: 'upkeep-interrupted' });
    world.workerClock = fast;
    expect((await updateServer('fra1-edge', {}, test.work)).ending).toBe('unchanged');
    expect(test.sent).toEqual(['update']);
    test.face.finish();
  });

  it('asks for one code of a second factor, hands its session over, and writes it nowhere', async () => {
    let code = (): string => '';
    const right = {
      secret: 'Code',
      get text(): string {
        return code();
      },
    };
    const test = await server(NEWEST, right, UPDATE);
    const { world } = test;
    ({ code } = await test.here.turnOnTwoFactor());
    await world.registry.save({
      ...test.server,
      domain: DOMAIN,
      panelUrl: `https://panel.${DOMAIN}`,
    });
    const records: unknown[] = [];
    const write = world.operations.write.bind(world.operations);
    world.operations.write = (id, ...entries) => {
      records.push(...entries);
      write(id, ...entries);
    };
    const done = await updateServer('fra1-edge', {}, test.work);
    expect(done.ending).toBe('updated');
    expect(test.changes).toEqual(['POST /api/settings/2fa/verify', 'POST /api/system/update']);
    const [session = ''] = world.operations.sessions;
    const [, cookie = ''] = session.split('=');
    expect(cookie.length).toBeGreaterThan(20);
    const { said, shown, waits } = test.face;
    const kept = [records, world.operations.pastOnes, world.logged, [...world.serverMeta]];
    expect(JSON.stringify([kept, said, shown, waits])).not.toContain(cookie);
    test.face.finish();
  });

  it('sends a wrong code once, and starts no worker with it', async () => {
    const test = await server(NEWEST, { secret: 'Code', text: '000000' });
    await test.here.turnOnTwoFactor();
    await test.world.registry.save({
      ...test.server,
      domain: DOMAIN,
      panelUrl: `https://panel.${DOMAIN}`,
    });
    await expect(updateServer('fra1-edge', {}, test.work)).rejects.toMatchObject({
      code: 'panel-code-wrong',
    });
    expect(test.changes).toEqual(['POST /api/settings/2fa/verify']);
    expect(test.world.operations.calls).toEqual([]);
    test.face.finish();
  });

  it('says what helps when the panel stays down', async () => {
    const test = await server(NEWEST, UPDATE);
    fault(test, { kind: 'update-fails', when: 'after-stop' });
    const done = await updateServer('fra1-edge', {}, test.work);
    expect(done.ending).toBe('down');
    expect(test.face.said.join('\n')).toContain('systemctl start portlama-panel');
    expect(test.sent).toEqual(['update']);
  });

  it('tells an installation of the same version from nothing at all', async () => {
    const test = await server(NEWEST, UPDATE);
    test.here.sandbox.controls.publish('0.1.30');
    const done = await updateServer('fra1-edge', { version: '1.0.53' }, test.work);
    expect(done).toMatchObject({ ending: 'restarted', after: '0.1.30' });
  });

  it.each([
    [{ kind: 'unknown', reason: 'cannot be reached' }, 'unknown: cannot be reached'],
    [{ kind: 'missing' }, 'no longer published'],
  ] as const)('with a registry that says %j needs a version', async (answer, text) => {
    const test = await server({ '@lamalibre/portlama-panel-server': answer }, UPDATE);
    await expect(updateServer('fra1-edge', {}, test.work)).rejects.toMatchObject({
      code: 'update-unknown',
      message: expect.stringContaining(text) as string,
    });
    expect(test.sent).toEqual([]);
    const options = { version: '1.0.53' };
    const done = await updateServer('fra1-edge', options, test.work);
    expect(done.ending).toBe('updated');
  });

  it('refuses what the panel would refuse, before anything is sent', async () => {
    const test = await server(NEWEST);
    await expect(updateServer('fra1-edge', { version: 'latest' }, test.work)).rejects.toMatchObject(
      { code: 'version-invalid' },
    );
    const here = await openPanel();
    const fresh = await panelServer(here, ['update'], []);
    await expect(updateServer('fra1-edge', {}, fresh.work)).rejects.toMatchObject({
      code: 'update-before-setup',
      hint: expect.arrayContaining([
        'If it stays without a domain:',
        `On the server (ssh root@${fresh.server.ip}): npx --yes @lamalibre/create-portlama --yes`,
      ]),
    });
  });
});
