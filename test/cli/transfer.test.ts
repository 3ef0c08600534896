import { execFile } from 'node:child_process';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readLikeDesktop } from '../contract/desktop-reader.js';
import { type RunningSandbox, runningSandbox } from '../fixtures/running-sandbox.js';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';

const LIMIT_MS = 60_000;
const PASSPHRASE = 'nine oranges under the quiet bridge';
const run = promisify(execFile);

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly active: boolean;
  readonly p12Path: string;
}

async function entries({ home }: RunningSandbox): Promise<readonly Entry[]> {
  return JSON.parse(await readFile(join(home, 'servers.json'), 'utf8')) as Entry[];
}

/** A machine with these servers. */
async function machine(...labels: readonly string[]): Promise<RunningSandbox> {
  const sandbox = await runningSandbox();
  for (const label of labels) {
    const made = await sandbox.run(['provision', '--region', 'fra1', '--label', label]);
    expect(made).toMatchObject({ exitCode: 0 });
  }
  return sandbox;
}

/** An export of all servers of a machine, brought to another one. */
async function brought(from: RunningSandbox, to: RunningSandbox): Promise<string> {
  const made = join(from.folder, 'servers.age');
  const exported = await from.run(['export', made], { stdin: `${PASSPHRASE}\n` });
  expect(exported).toMatchObject({ exitCode: 0, stderr: '' });
  const file = join(to.folder, 'servers.age');
  await copyFile(made, file);
  return file;
}

describe('export and import', { timeout: LIMIT_MS }, () => {
  it('bring servers to another machine, whole, and nothing of what was there is lost', async () => {
    const here = await machine('edge');
    // Each sandbox counts its addresses and droplets from the same number: the first of them is edge's.
    const there = await machine('first', 'lab');
    await there.run(['servers', 'remove', 'first', '--yes', 'first']);
    const file = await brought(here, there);
    expect((await stat(join(here.folder, 'servers.age'))).mode & 0o777).toBe(0o600);
    const args = ['import', file];
    const dry = await there.run([...args, '--dry-run'], { stdin: `${PASSPHRASE}\n` });
    expect(dry.stdout).toMatch(/^edge: new, https:.*certificate until \d{4}-/m);
    expect(await entries(there)).toHaveLength(1);
    const asked = await there.run(args, { stdin: `${PASSPHRASE}\n` });
    expect(asked.exitCode).toBe(2);
    expect(asked.stderr).toContain('--yes 1');
    expect(await entries(there)).toHaveLength(1);
    const done = await there.run([...args, '--yes', '1'], { stdin: `${PASSPHRASE}\n` });
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    const [edge] = await entries(here);
    const list = await entries(there);
    expect(readLikeDesktop(list)).toHaveLength(2);
    const arrived = list.find(({ id }) => id === edge!.id)!;
    expect(arrived).toEqual({ ...edge, active: false, p12Path: arrived.p12Path });
    expect(arrived.p12Path).toBe(join(there.home, 'servers', edge!.id, 'client.p12'));
    for (const name of ['client.p12', 'panel.pem', 'host-key.pub']) {
      const kept = join('servers', edge!.id, name);
      expect(await readFile(join(there.home, kept))).toEqual(await readFile(join(here.home, kept)));
      expect((await stat(join(there.home, kept))).mode & 0o777).toBe(0o600);
    }
    const password = `service=com.portlama.server&account=${edge!.id}`;
    expect(await there.store(password)).toBe(await here.store(password));
    const again = await there.run([...args, '--yes', '1'], { stdin: `${PASSPHRASE}\n` });
    expect(again.stdout).toContain('Nothing to import.');
  });

  it('keep a server that is here, say how it differs, and replace it only by name', async () => {
    const here = await machine('edge');
    const there = await runningSandbox();
    const file = await brought(here, there);
    await there.run(['import', file, '--yes', '1'], { stdin: `${PASSPHRASE}\n` });
    const path = join(there.home, 'servers.json');
    const renamed = (await entries(there)).map((entry) => ({ ...entry, label: 'old', own: 1 }));
    await writeFile(path, JSON.stringify(renamed), { mode: 0o600 });
    const kept = await there.run(['import', file], { stdin: `${PASSPHRASE}\n` });
    expect(kept.stdout).toContain('old: kept as it is here (label: old here, edge in the file)');
    expect(await entries(there)).toEqual(renamed);
    const args = ['import', file, '--replace', 'old', '--yes', '1'];
    expect((await there.run(args, { stdin: `${PASSPHRASE}\n` })).exitCode).toBe(0);
    expect(await entries(there)).toEqual([{ ...renamed[0], label: 'edge' }]);
    const wrong = ['import', file, '--replace', 'nobody'];
    const refused = await there.run(wrong, { stdin: `${PASSPHRASE}\n` });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('"nobody"');
  });

  it('lose nothing while both machines change their lists', { timeout: 2 * LIMIT_MS }, async () => {
    const [here, there] = await Promise.all([machine('edge'), machine('first', 'lab')]);
    await there.run(['servers', 'remove', 'first', '--yes', 'first']);
    const file = join(there.folder, 'edge.age');
    const stdin = `${PASSPHRASE}\n`;
    const succeeds = async (all: readonly Promise<{ readonly exitCode: number | null }>[]) => {
      for (const { exitCode, ...rest } of await Promise.all(all))
        expect({ exitCode, ...rest }).toMatchObject({ exitCode: 0 });
    };
    const [{ id: edgeId } = { id: '' }] = await entries(here);
    await succeeds([
      here.run(['export', file], { stdin }),
      here.run(['servers', 'rename', 'edge', 'corner']),
      there.run(['servers', 'rename', 'lab', 'den']),
    ]);
    // The label of before or after, and all of the rest.
    await succeeds([
      there.run(['import', file, '--yes', '1'], { stdin }),
      there.run(['servers', 'rename', 'den', 'attic']),
      here.run(['servers', 'rename', edgeId, 'nook']),
    ]);
    const arrived = await entries(there);
    expect(arrived.map(({ label }) => label)).toContain('attic');
    const edge = arrived.find(({ id }) => id === edgeId)!;
    expect(['edge', 'corner']).toContain(edge.label);
    expect(await readFile(edge.p12Path)).toEqual(await readFile((await entries(here))[0]!.p12Path));

    const back = join(here.folder, 'all.age');
    await succeeds([
      there.run(['export', back], { stdin }),
      here.run(['servers', 'activate', edgeId]),
      there.run(['servers', 'activate', edgeId]),
    ]);
    const told = await here.run(['import', back, '--yes', '1'], { stdin });
    expect(told.stdout).toContain(
      `nook: kept as it is here (label: nook here, ${edge.label} in the file)`,
    );
    expect((await entries(here)).map(({ label }) => label).sort()).toEqual(['attic', 'nook']);
    await succeeds([
      here.run(['import', back, '--replace', 'nook', '--yes', '1'], { stdin }),
      here.run(['servers', 'activate', 'attic']),
    ]);
    const list = await entries(here);
    expect(list.map(({ label }) => label).sort()).toEqual(['attic', edge.label].sort());
    expect(list.filter(({ active }) => active).map(({ label }) => label)).toEqual(['attic']);
  });

  it('refuse another server with a label that is here', async () => {
    const here = await machine('edge');
    const there = await machine('edge');
    const file = await brought(here, there);
    const { exitCode, stdout } = await there.run(['import', file], { stdin: `${PASSPHRASE}\n` });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('edge: not imported.');
    expect(await entries(there)).toHaveLength(1);
  });

  it('say so for a wrong passphrase, another file, and one that exists', async () => {
    const here = await machine('edge');
    const there = await runningSandbox();
    const file = await brought(here, there);
    const locked = await there.run(['import', file], { stdin: 'not this one\n' });
    expect(locked).toMatchObject({ exitCode: 2, stdout: '' });
    expect(locked.stderr).toContain('Nothing was imported.');
    const other = join(there.folder, 'other.age');
    await writeFile(other, 'no age file');
    const damaged = await there.run(['import', other], { stdin: `${PASSPHRASE}\n` });
    expect(damaged.exitCode).toBe(2);
    expect(damaged.stderr).not.toMatch(/\n +at /);
    const missing = await there.run(['import', 'nowhere.age'], { stdin: `${PASSPHRASE}\n` });
    expect(missing.stderr).toContain('There is no file "nowhere.age".');
    const before = await readFile(join(here.folder, 'servers.age'));
    const weak = join(here.folder, 'weak.age');
    for (const stdin of ['', '\n', 'secret\n']) {
      const refused = await here.run(['export', weak], { stdin });
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
      expect(refused.stderr).toMatch(/passphrase/i);
    }
    await expect(stat(weak)).rejects.toMatchObject({ code: 'ENOENT' });
    const twice = await here.run(['export', join(here.folder, 'servers.age')]);
    expect(twice.stderr).toContain('is not written over');
    expect(await readFile(join(here.folder, 'servers.age'))).toEqual(before);
  });

  it('speak with the age tool, and never of an API token', async () => {
    const here = await machine('edge', 'lab');
    await here.run(['token', 'set'], { stdin: `${SANDBOX_TOKEN}\n` });
    const key = join(here.folder, 'key.txt');
    await run('age-keygen', ['-o', key]);
    const [, recipient = ''] = /public key: (age1\w+)/.exec(await readFile(key, 'utf8'))!;
    const file = join(here.folder, 'lab.age');
    const args = ['export', file, 'lab', '--recipients', recipient];
    expect(await here.run(args)).toMatchObject({ exitCode: 0, stderr: '' });
    const { stdout } = await run('age', ['--decrypt', '--identity', key, file]);
    expect(stdout).not.toContain('dop_v1_');
    const content = JSON.parse(stdout) as { servers: { entry: Entry }[] };
    expect(content).toMatchObject({ format: 'portlama-tui/servers', version: 1 });
    expect(content.servers.map(({ entry }) => entry.label)).toEqual(['lab']);
    const there = await runningSandbox();
    const importing = ['import', file, '--identity', key, '--yes', '1'];
    expect(await there.run(importing)).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await entries(there)).map(({ label }) => label)).toEqual(['lab']);
    const wrong = await here.run(['export', join(here.folder, 'x.age'), '--recipients', 'age1no']);
    expect(wrong.stderr).toContain('is no public key of age');
  });
});
