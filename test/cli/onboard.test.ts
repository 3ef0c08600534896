import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readLikeDesktop } from '../contract/desktop-reader.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import {
  control,
  droplets,
  entries,
  type RunningSandbox,
  runningSandbox,
} from '../fixtures/running-sandbox.js';

const DOMAIN = 'lab.example.com';
const ONBOARD = ['servers', 'onboard', 'edge', '--domain', DOMAIN, '--email', 'ops@example.com'];

let sandbox: RunningSandbox;
let edge: ServerEntry;
let dropletId: number;

/** One server, made by the program itself. */
beforeEach(async () => {
  sandbox = await runningSandbox();
  const made = await sandbox.run(['provision', '--region', 'fra1', '--label', 'edge']);
  expect([made.exitCode, made.stderr]).toEqual([0, '']);
  [edge] = (await entries(sandbox)) as [ServerEntry];
  [dropletId] = (await droplets(sandbox)) as [number];
});

async function pointNames(): Promise<void> {
  for (const name of [DOMAIN, `*.${DOMAIN}`])
    await control(sandbox, { action: 'setName', name, answer: [edge.ip] });
}

const storedPassword = (): Promise<string | undefined> =>
  sandbox.store(`service=com.portlama.authelia&account=${edge.id}`);

const logsIn = async (password: string | undefined): Promise<unknown> =>
  await control(sandbox, { action: 'tryLogin', dropletId, username: 'admin', password });

describe('servers onboard', () => {
  it('sets a server up, shows how to log in once, and asks the panel at its name from then on', async () => {
    await pointNames();
    const { exitCode, stdout, stderr } = await sandbox.run(ONBOARD);
    expect([exitCode, stderr]).toEqual([0, '']);
    const password = await storedPassword();
    expect(await logsIn(password)).toBe(true);
    expect(stdout).toContain(`edge is set up: https://panel.${DOMAIN}`);
    expect(stdout).toContain(`https://auth.${DOMAIN} as admin with the password ${password}`);
    expect(stdout).toMatch(/^█+$/m);
    expect(stdout).toMatch(/^otpauth:\/\/totp\/Portlama:admin\?secret=/m);
    expect(await entries(sandbox)).toEqual([
      { ...edge, domain: DOMAIN, panelUrl: `https://panel.${DOMAIN}` },
    ]);
    expect(readLikeDesktop(await entries(sandbox))).toHaveLength(1);
    const listed = await sandbox.run(['servers']);
    expect(listed.stdout).toMatch(new RegExp(`^edge .*https://panel.${DOMAIN} .*online`, 'm'));

    const again = await sandbox.run(['servers', 'onboard', 'edge']);
    expect([again.exitCode, again.stderr]).toEqual([0, '']);
    expect(again.stdout).not.toMatch(/password|otpauth/);
    expect(await logsIn(password)).toBe(true);
    const other = await sandbox.run([...ONBOARD.slice(0, 4), 'other.example.com']);
    expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining(DOMAIN)]);
  });

  it('keeps nothing of it when the server is destroyed', async () => {
    await pointNames();
    await sandbox.run(ONBOARD);
    const { exitCode, stderr } = await sandbox.run(['servers', 'destroy', 'edge', '--yes', 'edge']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(await storedPassword()).toBeUndefined();
    await expect(readFile(join(sandbox.home, 'servers', edge.id, 'meta.json'))).rejects.toThrow(
      'ENOENT',
    );
  });

  it('says what failed and how to go on, and goes on from there', async () => {
    await pointNames();
    await control(sandbox, {
      action: 'addDropletFault',
      target: { dropletId },
      fault: { kind: 'onboarding-fails', task: 'issue-certs', message: 'Rate limit.', runs: 1 },
    });
    const failed = await sandbox.run(ONBOARD);
    expect([failed.exitCode, failed.stderr]).toEqual([
      1,
      expect.stringMatching(
        /The installation on edge failed: Rate limit\.[^]*portlama-tui --sandbox servers onboard edge/,
      ),
    ]);
    const { exitCode, stdout } = await sandbox.run(['servers', 'onboard', 'edge']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('The installation failed before: Rate limit.');
    expect(await logsIn(await storedPassword())).toBe(true);
  });

  it('goes on after it was killed while it waited for DNS', async () => {
    const killed = await sandbox.run(ONBOARD, {
      onStart: (child) =>
        child.stdout?.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes('Waiting for DNS')) child.kill('SIGKILL');
        }),
    });
    expect(killed.stdout).toContain(`*.${DOMAIN}    ${edge.ip}`);
    await pointNames();
    expect((await sandbox.run(ONBOARD)).exitCode).toBe(0);
    expect(await logsIn(await storedPassword())).toBe(true);
  });

  it('is followed by renewing the certificate and updating the panel', async () => {
    const refused = await sandbox.run(['servers', 'update', 'edge']);
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining('servers onboard edge'),
    ]);
    await pointNames();
    await sandbox.run(ONBOARD);
    const current = await sandbox.run(['servers', 'update', 'edge']);
    expect([current.exitCode, current.stdout]).toEqual([
      0,
      'The panel of edge is up to date: 0.1.30.\n',
    ]);
    await control(sandbox, { action: 'publish', panelServer: '0.1.31' });
    const updated = await sandbox.run(['servers', 'update', 'edge']);
    expect([updated.exitCode, updated.stderr]).toEqual([0, '']);
    expect(updated.stdout).toContain('The panel of edge is updated: 0.1.30 → 0.1.31.');

    const before = await readFile(edge.p12Path!);
    const renewed = await sandbox.run(['certificate', 'renew', 'edge']);
    expect([renewed.exitCode, renewed.stderr]).toEqual([0, '']);
    expect(renewed.stdout).toMatch(/Created a new certificate for edge; it expires \d{4}-/);
    expect((await readFile(edge.p12Path!)).equals(before)).toBe(false);
    const listed = await sandbox.run(['servers']);
    expect(listed.stdout).toMatch(/^edge .*online, .*panel 0\.1\.31/m);
  });

  it.each([
    [['--domain', 'localhost'], 'It needs a dot'],
    [['--domain', DOMAIN, '--email', 'nobody'], 'is not an e-mail address'],
    [[], 'Domain cannot be asked for without a terminal'],
  ])('refuses %s', async (options, reason) => {
    const { exitCode, stderr } = await sandbox.run(['servers', 'onboard', 'edge', ...options]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});
