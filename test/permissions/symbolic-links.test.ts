import { lstat, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runningSandbox, type RunningSandbox } from '../fixtures/running-sandbox.js';
import { runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { SandboxFolder } from '../../src/sandbox/folder.js';

const PROVISION = ['provision', '--region', 'fra1', '--label', 'linked', '--json'];

/** Somebody else's folder and file, to which a link leads. */
interface Elsewhere {
  readonly folder: string;
  readonly file: string;
}

async function elsewhere(): Promise<Elsewhere> {
  const folder = join(await temporaryFolder(), 'elsewhere');
  await mkdir(folder, { mode: 0o755 });
  const file = join(dirname(folder), 'file');
  await writeFile(file, 'untouched', { mode: 0o644 });
  return { folder, file };
}

async function expectUntouched({ folder, file }: Elsewhere): Promise<void> {
  expect(await readdir(folder)).toEqual([]);
  expect((await lstat(folder)).mode & 0o777).toBe(0o755);
  expect(await readFile(file, 'utf8')).toBe('untouched');
  expect((await lstat(file)).mode & 0o777).toBe(0o644);
}

/** What the account holds after a run that must have stopped before anything was made, or cleaned up. */
async function dropletsOf(sandbox: RunningSandbox): Promise<number> {
  const state = (await sandbox.control('GET', 'control')) as { droplets: { deleted: boolean }[] };
  return state.droplets.filter(({ deleted }) => !deleted).length;
}

describe('a symbolic link in the place of', () => {
  it('the home folder is refused', async () => {
    const { folder, file } = await elsewhere();
    const home = join(dirname(folder), 'portlama-sandbox');
    await symlink(folder, home);
    const ended = await runProgram(['--sandbox', 'servers'], { env: environment(home) });
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stderr).toContain('is a symbolic link');
    await expectUntouched({ folder, file });
  });

  it.each(['operations', 'servers'])('the folder %s is refused', async (name) => {
    const sandbox = await runningSandbox();
    const before = await dropletsOf(sandbox);
    const to = await elsewhere();
    await symlink(to.folder, join(sandbox.home, name));
    const ended = await sandbox.run(PROVISION);
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stdout + ended.stderr).toContain('is a symbolic link');
    expect(await dropletsOf(sandbox)).toBe(before);
    await expectUntouched(to);
  });

  it('servers.json is refused, and nothing is written through it', async () => {
    const sandbox = await runningSandbox();
    const before = await dropletsOf(sandbox);
    const to = await elsewhere();
    await writeFile(to.file, '[]');
    await symlink(to.file, join(sandbox.home, 'servers.json'));
    const ended = await sandbox.run(PROVISION);
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stdout + ended.stderr).toContain('is a symbolic link');
    expect(await readFile(to.file, 'utf8')).toBe('[]');
    expect(await dropletsOf(sandbox)).toBe(before);
  });

  it.each(['.provisioning.lock', '.servers.lock', 'servers.json.bak'])(
    '%s is never written through',
    async (name) => {
      const sandbox = await runningSandbox();
      await sandbox.run([...PROVISION.slice(0, 3), '--label', 'first']);
      const to = await elsewhere();
      const path = join(sandbox.home, name);
      await rename(path, `${path}.away`).catch(() => undefined);
      await symlink(to.file, path);
      await sandbox.run(PROVISION);
      await expectUntouched(to);
    },
  );

  it('the journal or the folder of an operation is refused', async () => {
    const sandbox = await runningSandbox();
    expect(await sandbox.run(PROVISION)).toMatchObject({ exitCode: 0 });
    const operations = join(sandbox.home, 'operations');
    const id = (await readdir(operations))[0]!;
    const to = await elsewhere();
    const journal = join(operations, id, 'journal.ndjson');
    await rename(journal, `${journal}.away`);
    await symlink(to.file, journal);
    await sandbox.run(['operations', 'cleanup', id]);
    await expectUntouched(to);
    await rename(join(operations, id), `${join(operations, id)}.away`);
    await symlink(to.folder, join(operations, id));
    await sandbox.run(['operations', 'cleanup', id]);
    await expectUntouched(to);
  });

  it('the folder of a server is not followed when its files are removed', async () => {
    const sandbox = await runningSandbox();
    expect(await sandbox.run(PROVISION)).toMatchObject({ exitCode: 0 });
    const servers = join(sandbox.home, 'servers');
    const id = (await readdir(servers))[0]!;
    const to = await elsewhere();
    await writeFile(join(to.folder, 'client.p12'), 'theirs');
    await rename(join(servers, id), `${join(servers, id)}.away`);
    await symlink(to.folder, join(servers, id));
    await sandbox.run(['servers']);
    expect(await readFile(join(to.folder, 'client.p12'), 'utf8')).toBe('theirs');
  });

  it('the log file is refused', async () => {
    const sandbox = await runningSandbox();
    const to = await elsewhere();
    const log = join(sandbox.folder, 'debug.log');
    await symlink(to.file, log);
    const ended = await sandbox.run(['servers', '--log', log]);
    expect(ended.exitCode).not.toBe(0);
    await expectUntouched(to);
  });

  it('the log of the sandbox is refused, even where it leads to nothing yet', async () => {
    const { folder, home } = await freshHome();
    await symlink(join(folder, 'made'), join(home, 'sandbox.log'));
    const ended = await runProgram(['--sandbox', 'servers'], { env: environment(home) });
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stderr).toContain('is a symbolic link');
    expect(await readdir(folder)).toEqual(['portlama-sandbox']);
  });

  it('the record of the sandbox is refused', async () => {
    const { folder, home } = await freshHome();
    await symlink(join(folder, 'made'), join(home, 'sandbox.json'));
    const ended = await runProgram(['--sandbox', 'servers'], { env: environment(home) });
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stderr).toContain('is a symbolic link');
    expect(await readdir(folder)).toEqual(['portlama-sandbox']);
  });
});

async function freshHome(): Promise<{ folder: string; home: string }> {
  const folder = await temporaryFolder();
  const home = join(folder, 'portlama-sandbox');
  await SandboxFolder.open(home);
  return { folder, home };
}

function environment(home: string): Record<string, string> {
  return {
    HOME: dirname(home),
    TMPDIR: dirname(home),
    PORTLAMA_HOME: home.replace(/-sandbox$/, ''),
  };
}
