import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { SandboxFolder } from '../../src/sandbox/folder.js';
import { Redactor } from '../../src/services/log/redactor.js';
import { journalPath, openJournal } from '../../src/services/provisioning/journal/journal.js';
import { endSandbox } from '../fixtures/end-sandbox.js';
import { type Ended, runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

/** A dozen programs, one after the other. */
const LIMIT_MS = 120_000;
const OPERATION = '0123456789abcdef';
const SERVER = '7f9c24e8-3b13-4f2a-9d5e-0a1b2c3d4e5f';
const REAL_TOKEN = `dop_v1_${'9'.repeat(64)}`;

interface RealHome {
  readonly folder: string;
  /** PORTLAMA_HOME, with a server in it that was made through an API on loopback. */
  readonly home: string;
  readonly sandbox: (args: readonly string[], stdin?: string) => Promise<Ended>;
}

async function realHome(): Promise<RealHome> {
  const folder = await temporaryFolder();
  const home = join(folder, 'portlama');
  const server = {
    id: SERVER,
    label: 'real',
    panelUrl: 'https://203.0.113.10:9292',
    ip: '203.0.113.10',
    createdAt: '2026-01-01T00:00:00.000Z',
    active: true,
    authMethod: 'p12',
    p12Password: 'the-real-password',
    provider: 'digitalocean',
    providerId: '606395503',
    managed: true,
  };
  await mkdir(join(home, 'servers', SERVER), { recursive: true, mode: 0o700 });
  await writeFile(join(home, 'servers.json'), JSON.stringify([server]), { mode: 0o600 });
  await writeFile(join(home, 'servers', SERVER, 'client.p12'), 'certificate', { mode: 0o600 });
  const path = journalPath(home, OPERATION);
  const journal = await openJournal(path, systemClock, new Redactor());
  await journal.write({
    event: 'operation',
    request: {
      id: OPERATION,
      serverId: SERVER,
      label: 'real',
      region: 'fra1',
      size: 's-1vcpu-512mb-10gb',
      image: 'ubuntu-24-04-x64',
      installer: '@lamalibre/create-portlama',
      apiUrl: 'http://127.0.0.1:8080/',
    },
  });
  await journal.close();
  const env = {
    HOME: folder,
    TMPDIR: folder,
    PORTLAMA_HOME: home,
    PORTLAMA_SANDBOX_DELAYS: '0',
    PORTLAMA_CLOUD_TOKEN: REAL_TOKEN,
  };
  onTestFinished(() => endSandbox(`${home}-sandbox`));
  return {
    folder,
    home,
    sandbox: (args, stdin = '') => runProgram(['--sandbox', ...args], { env, stdin }),
  };
}

/** Every file with its content, mode and time of change. */
async function everythingIn(folder: string): Promise<readonly unknown[]> {
  const names = (await readdir(folder, { recursive: true })).sort();
  return await Promise.all(
    names.map(async (name) => {
      const stats = await stat(join(folder, name));
      const text = stats.isFile() ? await readFile(join(folder, name), 'utf8') : undefined;
      return [name, stats.mode, stats.mtimeMs, text];
    }),
  );
}

describe('with PORTLAMA_HOME, the sandbox', { timeout: LIMIT_MS }, () => {
  it('changes nothing in the real folder, whatever it is told to do', async () => {
    const { home, sandbox } = await realHome();
    const before = await everythingIn(home);
    const listed = await sandbox(['servers']);
    expect(listed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(listed.stdout).not.toContain('real');
    for (const action of ['destroy', 'remove']) {
      const refused = await sandbox(['servers', action, 'real', '--yes', 'real']);
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    }
    for (const action of ['cancel', 'cleanup', 'resume', 'dismiss'])
      expect((await sandbox(['operations', action, OPERATION])).exitCode).not.toBe(0);
    expect(await sandbox(['token', 'check'])).toMatchObject({ exitCode: 0 });
    expect(await sandbox(['vault', 'init'], 'orbit candle fjord tundra')).toBeDefined();
    const provision = ['provision', '--region', 'fra1', '--label', 'real'];
    expect(await sandbox(provision)).toMatchObject({ exitCode: 0 });
    expect(await everythingIn(home)).toEqual(before);
    expect((await sandbox(['servers'])).stdout).toContain('real');
  });

  it('refuses a folder that holds anything else, and leaves it as it is', async () => {
    const { home, sandbox } = await realHome();
    await mkdir(`${home}-sandbox`, { mode: 0o700 });
    await writeFile(join(`${home}-sandbox`, 'servers.json'), '[]', { mode: 0o600 });
    const before = await everythingIn(`${home}-sandbox`);
    const refused = await sandbox(['servers']);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /portlama-sandbox holds files that the sandbox did not make, and is left alone\.\n {2}Move it away/,
    );
    expect(await everythingIn(`${home}-sandbox`)).toEqual(before);
  });

  it('follows no link to the real folder, or to anything in it', async () => {
    const { home, sandbox } = await realHome();
    const before = await everythingIn(home);
    const own = `${home}-sandbox`;
    await symlink(home, own);
    expect((await sandbox(['servers'])).stderr).toContain('is a symbolic link');
    await rm(own);
    expect(await sandbox(['servers'])).toMatchObject({ exitCode: 0 });
    await endSandbox(own);
    for (const name of ['servers.json', 'servers', 'operations', 'vault']) {
      await rm(join(own, name), { recursive: true, force: true });
      await symlink(join(home, name), join(own, name));
      const refused = await sandbox(['servers']);
      expect([name, refused.exitCode, refused.stderr]).toEqual([
        name,
        1,
        expect.stringContaining(`${name} is a symbolic link`),
      ]);
      await rm(join(own, name));
    }
    expect(await everythingIn(home)).toEqual(before);
  });

  it('has a folder that the real program refuses', async () => {
    const { home, folder, sandbox } = await realHome();
    expect(await sandbox(['servers'])).toMatchObject({ exitCode: 0 });
    const env = { HOME: folder, PORTLAMA_HOME: `${home}-sandbox`, PORTLAMA_KEYSTORE: 'session' };
    const refused = await runProgram(['servers'], { env });
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain('belongs to the sandbox');
  });
});

describe('the folder of a sandbox', () => {
  it('is made, marked and private; an empty one is taken, and the mark says what it is', async () => {
    const folder = join(await temporaryFolder(), 'a', 'b');
    expect((await SandboxFolder.open(folder)).path).toBe(folder);
    expect(await readFile(join(folder, '.sandbox'), 'utf8')).toContain('--sandbox');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const empty = join(await temporaryFolder(), 'empty');
    await mkdir(empty, { mode: 0o755 });
    await SandboxFolder.open(empty);
    expect((await stat(empty)).mode & 0o777).toBe(0o700);
  });

  it('is no folder with a link, a folder, or nothing in the place of the mark', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'notes'), 'x');
    const code = 'sandbox-folder-in-use';
    await expect(SandboxFolder.open(folder)).rejects.toMatchObject({ code });
    await symlink(join(folder, 'notes'), join(folder, '.sandbox'));
    await expect(SandboxFolder.open(folder)).rejects.toMatchObject({ code });
    await rm(join(folder, '.sandbox'));
    await mkdir(join(folder, '.sandbox'));
    await expect(SandboxFolder.open(folder)).rejects.toMatchObject({ code });
  });

  it('is taken once by many at the same time', async () => {
    const folder = join(await temporaryFolder(), 'new');
    const all = await Promise.all(Array.from({ length: 8 }, () => SandboxFolder.open(folder)));
    expect(new Set(all.map(({ path }) => path))).toEqual(new Set([folder]));
    expect(await readdir(folder)).toEqual(['.sandbox']);
  });
});
