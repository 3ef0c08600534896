import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSandboxKeystore } from '../../src/sandbox/client/sandbox-client.js';
import { operationKey } from '../../src/services/keystore/keystore.js';
import { readLikeDesktop } from '../contract/desktop-reader.js';
import { type Headless, headless } from '../faults/headless.js';

const INSTALLING = '"step":"install_portlama","status":"running"';
const LIMIT_MS = 120_000;

/** One whose worker died while it installed. */
async function interrupted(): Promise<{ readonly person: Headless; readonly id: string }> {
  const person = await headless();
  const { id, going } = await person.provisions('edge', INSTALLING);
  await person.workersDie();
  const { exitCode, stderr } = await going.ended;
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`operations resume ${id}`);
  expect(stderr).toContain(`operations cleanup ${id}`);
  return { person, id };
}

function jsonLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('operations', { timeout: LIMIT_MS }, () => {
  it('attach follows one to its end, in words and as NDJSON, with its exit code', async () => {
    const person = await headless();
    const { id, going } = await person.provisions('edge', INSTALLING);
    const listed = jsonLines((await person.runs('operations', '--json')).stdout);
    expect(listed).toMatchObject([
      { id, label: 'edge', region: 'fra1', status: 'running', leftovers: [] },
    ]);
    const words = person.starts('operations', 'attach', id);
    const json = person.starts('operations', 'attach', id, '--json');
    expect((await words.ended).stdout).toMatch(/^Creating edge[^]*Online: edge at https:/);
    const events = jsonLines((await json.ended).stdout);
    expect(events[0]).toEqual({ event: 'step', step: 'validate_token', status: 'running' });
    expect(events.at(-1)).toMatchObject({ event: 'complete', server: { label: 'edge' } });
    const codes = await Promise.all([words, json, going].map(async ({ ended }) => await ended));
    expect(codes.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(
      Array.from({ length: 3 }, () => [0, '']),
    );
    expect((await person.runs('operations', 'dismiss', id)).exitCode).toBe(0);
    expect((await person.runs('operations')).stdout).toBe('No operations.\n');
    expect((await person.runs('operations', '--all')).stdout).toMatch(
      new RegExp(`^${id} {2}edge +fra1 +succeeded {2}\\d{4}-\\d\\d-\\d\\d .*, took \\d+ `, 'm'),
    );
    expect(jsonLines((await person.runs('operations', '--all', '--json')).stdout)).toMatchObject([
      { id, label: 'edge', region: 'fra1', status: 'succeeded', cancelled: false, dismissed: true },
    ]);
  });

  it('are NDJSON on standard output, which region was chosen stands on standard error', async () => {
    const person = await headless(0);
    const { exitCode, stdout, stderr } = await person.runs('provision', '--json');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^Fastest region: .*\.\n$/);
    // The desktop app ignores a line that lacks a field of its entry, and reports a failure.
    const { event, server } = jsonLines(stdout).at(-1)!;
    const listed: unknown = JSON.parse(
      await readFile(join(person.home.portlama, 'servers.json'), 'utf8'),
    );
    expect(event).toBe('complete');
    expect(readLikeDesktop([server])).toHaveLength(1);
    expect(listed).toEqual([server]);
  });

  it('cancel stops a running one, and its end is the end of what it made', async () => {
    const person = await headless();
    const { id, going } = await person.provisions('edge', INSTALLING);
    const cancelled = await person.runs('operations', 'cancel', id);
    expect(cancelled).toMatchObject({ exitCode: 0, stderr: '' });
    expect(cancelled.stdout).toMatch(/removed: droplet \d+[^]*nothing is left that costs money/);
    expect((await going.ended).exitCode).toBe(1);
    expect(await person.account()).toEqual({ droplets: [], keys: [], tags: [] });
    const listed = await person.runs('operations');
    expect(listed.stdout).toMatch(new RegExp(`^OPERATION .*\n${id} {2}edge +fra1 +cancelled `));
    const again = await person.runs('operations', 'cancel', id);
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.stderr).toContain('everything it created is removed');
  });

  it('resume goes on with one whose worker died; attach says how before that', async () => {
    const { person, id } = await interrupted();
    expect((await person.runs('operations')).stdout).toMatch(
      new RegExp(`^${id} {2}edge +fra1 +interrupted {2}6 of 11, Installing Portlama`, 'm'),
    );
    const attached = await person.runs('operations', 'attach', id);
    expect(attached.exitCode).toBe(1);
    expect(attached.stderr).toContain(`operations resume ${id}`);
    const resumed = await person.runs('operations', 'resume', id, '--json');
    expect(resumed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(jsonLines(resumed.stdout).at(-1)).toMatchObject({ event: 'complete' });
    expect((await person.account()).droplets).toHaveLength(1);
    const again = await person.runs('operations', 'resume', id);
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.stderr).toContain('it has succeeded');
  });

  it('cleanup removes what one left whose worker died; until then it cannot be dismissed', async () => {
    const { person, id } = await interrupted();
    const refused = await person.runs('operations', 'dismiss', id);
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.stderr).toContain('is interrupted, so it is kept');
    const cleaned = await person.runs('operations', 'cleanup', id, '--json');
    expect(cleaned).toMatchObject({ exitCode: 0, stderr: '' });
    expect(jsonLines(cleaned.stdout).at(-1)).toMatchObject({ event: 'error', recoverable: true });
    expect(await person.account()).toEqual({ droplets: [], keys: [], tags: [] });
  });

  it('resume says why not when the temporary key is gone; cleanup still works', async () => {
    const { person, id } = await interrupted();
    const { socketPath } = await person.home.sandboxRecord();
    expect(await createSandboxKeystore(socketPath).delete(operationKey(id))).toBe(true);
    const refused = await person.runs('operations', 'resume', id);
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.stderr).toMatch(/temporary SSH key of this operation is not in /);
    expect(refused.stderr).toContain(`operations cleanup ${id}`);
    expect((await person.runs('operations', 'cleanup', id)).exitCode).toBe(0);
    expect(await person.account()).toEqual({ droplets: [], keys: [], tags: [] });
  });

  it('names what is left with its id, its cost and how to remove it, until it is gone', async () => {
    const { person, id } = await interrupted();
    const match = { method: 'DELETE', path: '/v2/droplets/*' };
    await person.sandbox.perform({
      action: 'addFault',
      fault: { kind: 'status', status: 403, match, times: 'forever' },
    });
    const failed = await person.runs('operations', 'cleanup', id);
    const [droplet] = (await person.account()).droplets;
    const left = `droplet ${droplet?.id}, costs $4 a month. Destroy it at https://cloud.digitalocean.com/droplets/${droplet?.id}/destroy`;
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toContain(`Remove this by hand:\n  ${left}`);
    expect((await person.runs('operations')).stdout).toContain(`left: ${left}`);
    expect(jsonLines((await person.runs('operations', '--json')).stdout)).toMatchObject([
      {
        status: 'failed-with-leftovers',
        leftovers: [
          { kind: 'droplet', id: String(droplet?.id), monthlyUsd: 4 },
          { kind: 'tag', id: `portlama:op:${id}`, monthlyUsd: 0 },
        ],
      },
    ]);
    await person.sandbox.perform({ action: 'clearFaults' });
    expect((await person.runs('operations', 'cleanup', id)).exitCode).toBe(0);
    expect(await person.account()).toEqual({ droplets: [], keys: [], tags: [] });
  });

  it.each(['', '.', '..', '../..', '../../..', 'ffffffffffffffff', '0123456789ABCDEF', '-1'])(
    'of an id that is none (%j) touch nothing, and end at once',
    async (id) => {
      const person = await headless(0);
      const folder = join(person.home.portlama, 'operations', '0123456789abcdef');
      await mkdir(folder, { recursive: true });
      await writeFile(join(person.home.path, 'precious'), '');
      const before = (await readdir(person.home.path, { recursive: true })).sort();
      for (const action of ['attach', 'cancel', 'cleanup', 'resume', 'dismiss']) {
        const { exitCode, stderr } = await person.runs('operations', action, '--', id);
        expect(exitCode, action).toBe(2);
        expect(stderr, action).toContain(`There is no operation ${JSON.stringify(id)}.`);
      }
      expect((await readdir(person.home.path, { recursive: true })).sort()).toEqual(before);
    },
  );
});
