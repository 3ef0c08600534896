import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { control, entries, runningSandbox } from '../fixtures/running-sandbox.js';

const DOMAIN = 'lab.example.com';
const PATIENCE_MS = 60_000;

/** Id and journal of the set-up that waits for DNS; undefined before. */
async function waiting(folder: string): Promise<readonly [string, string] | undefined> {
  for (const id of (await readdir(folder)).filter((name) => !name.includes('.'))) {
    const journal = await readFile(join(folder, id, 'journal.ndjson'), 'utf8');
    if (journal.includes('"kind":"onboard"') && journal.includes('"names"')) return [id, journal];
  }
  return undefined;
}

it(
  'a set-up whose worker was killed is resumed, and its password is in the store alone',
  async () => {
    const sandbox = await runningSandbox();
    await sandbox.run(['provision', '--region', 'fra1', '--label', 'edge']);
    const [edge] = (await entries(sandbox)) as [ServerEntry];
    const form = ['--domain', DOMAIN, '--email', 'ops@example.com'];
    const first = sandbox.run(['servers', 'onboard', 'edge', ...form]);
    const folder = join(sandbox.home, 'operations');
    const find = (): ReturnType<typeof waiting> => waiting(folder);
    await expect.poll(find, { timeout: PATIENCE_MS }).toBeDefined();
    const [id, journal] = (await find())!;
    process.kill(Number(/"event":"worker","pid":(\d+)/.exec(journal)![1]), 'SIGKILL');
    const killed = await first;
    expect([killed.exitCode, killed.stderr]).toEqual([
      1,
      expect.stringContaining(`operations resume ${id}`),
    ]);

    for (const name of [DOMAIN, `*.${DOMAIN}`])
      await control(sandbox, { action: 'setName', name, answer: [edge.ip] });
    const resumed = await sandbox.run(['operations', 'resume', id, '--json']);
    expect([resumed.exitCode, resumed.stderr]).toEqual([0, '']);
    expect(resumed.stdout).toContain('"step":"keep_login","status":"done"');
    const password = await sandbox.store(`service=com.portlama.authelia&account=${edge.id}`);
    const [, written] = (await find())!;
    expect(`${resumed.stdout}${written}`).not.toContain(password);
    const shown = await sandbox.run(['servers', 'onboard', 'edge']);
    expect(shown.stdout).toContain(`as admin with the password ${password}`);
  },
  2 * PATIENCE_MS,
);
