import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SandboxState } from '../../src/sandbox/control/state.js';
import { headless } from '../faults/headless.js';
import { answersOf } from '../fixtures/json-answers.js';

const LIMIT_MS = 60_000;

/** Path and content of every file below a folder. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const lines = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return `${path} ${createHash('sha256')
      .update(await readFile(path))
      .digest('hex')}`;
  });
  return (await Promise.all(lines)).sort();
}

/** All that the account has: what a droplet's boot changes is left out. */
function idsOf({ droplets, keys, tags }: SandboxState): readonly unknown[] {
  return [droplets.map(({ id, deleted }) => [id, deleted]), keys, tags];
}

it(
  'a dry run sends nothing that changes, writes no file, and names what the real run removes',
  async () => {
    const person = await headless();
    const { id, going } = await person.provisions(
      'edge',
      '"step":"wait_droplet","status":"running"',
    );
    await person.workersDie();
    await going.ended;
    const { droplets, keys } = await person.account();
    const before = { files: await filesOf(person.home.path), state: await person.sandbox.state() };
    const cleanup = ['operations', 'cleanup', id];

    const words = await person.runs(...cleanup, '--dry-run');
    const json = await person.runs(...cleanup, '--dry-run', '--json');
    const other = await person.runs('provision', '--region', 'sfo3', '--dry-run', '--json');
    const refused = await person.runs('provision', '--region', 'blr9', '--dry-run');

    expect(words).toMatchObject({ exitCode: 0, stderr: '' });
    expect(words.stdout).toMatch(/delete {2}droplet portlama-edge \(\d+\).* -\$4\/month\n/);
    expect(words.stdout).toContain('Costs: $4/month less.\n');
    const [plan] = answersOf('operations-cleanup', json) as readonly { changes: object[] }[];
    expect(plan?.changes).toEqual([
      expect.objectContaining({ kind: 'droplet', id: String(droplets[0]?.id), monthlyUsd: -4 }),
      expect.objectContaining({ kind: 'tag', id: `portlama:op:${id}` }),
      expect.objectContaining({ kind: 'ssh-key', id: String(keys[0]?.id) }),
      expect.objectContaining({ kind: 'credential' }),
    ]);
    expect(answersOf('provision', other)).toMatchObject([{ dryRun: true, monthlyUsd: 4 }]);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });

    const after = await person.sandbox.state();
    const since = Object.entries(after.calls)
      .filter(([call, count]) => count !== before.state.calls[call])
      .map(([call]) => call);
    expect(since).toContain('GET /v2/sizes');
    expect(since.filter((call) => !call.startsWith('GET '))).toEqual([]);
    expect(await filesOf(person.home.path)).toEqual(before.files);
    expect(idsOf(after)).toEqual(idsOf(before.state));

    expect((await person.runs(...cleanup)).exitCode).toBe(0);
    expect(await person.account()).toEqual({ droplets: [], keys: [], tags: [] });
  },
  LIMIT_MS,
);
