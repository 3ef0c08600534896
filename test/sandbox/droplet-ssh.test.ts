import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { type Sandbox, startSandbox } from '../fixtures/open-sandbox.js';
import { generateSshKeyPair } from '../../src/services/ssh/keys.js';
import { createTestDroplet, FOLDER, type TestDroplet, TestShell } from './droplet-fixture.js';

const run = promisify(execFile);
let sandbox: Sandbox;
let droplet: TestDroplet;
let folder: string;

beforeAll(async () => {
  sandbox = await startSandbox({ delays: NO_DELAYS });
  droplet = await createTestDroplet(sandbox);
  folder = await mkdtemp(join(tmpdir(), 'portlama-sandbox-'));
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

describe('sshd of a droplet', () => {
  it('has the injected host key', async () => {
    let seen = '';
    const shell = await TestShell.open(sandbox, droplet, (key) => (seen = key.toString('base64')));
    expect(droplet.hostKey.publicKey.split(' ')[1]).toBe(seen);
    expect((await shell.exec('true')).code).toBe(0);
    shell.close();
  });

  it('accepts only the keys of the request, and only root', async () => {
    const other = { ...droplet, key: generateSshKeyPair('other') };
    await expect(TestShell.open(sandbox, other)).rejects.toThrow(/authentication/);
  });

  it('knows commands that it does not have', async () => {
    const shell = await TestShell.open(sandbox, droplet);
    const unknown = await shell.exec('reboot now');
    expect([unknown.code, unknown.stderr]).toEqual([127, expect.stringContaining('not found')]);
    const missing = await shell.exec('cat /nothing');
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('No such file')]);
    expect((await shell.exec(`sh ${FOLDER}/start.sh`)).code).toBe(2);
    shell.close();
  });

  it('has files over SFTP', async () => {
    const shell = await TestShell.open(sandbox, droplet);
    const sftp = await shell.sftp();
    const big = Buffer.alloc(300_000, 'portlama ');
    const local = join(folder, 'big');
    await writeFile(local, big);
    const call = <T>(work: (done: (error?: Error | null, value?: T) => void) => void) =>
      new Promise<T | undefined>((resolve, reject) =>
        work((error, value) => (error ? reject(error) : resolve(value))),
      );
    await call((done) => sftp.mkdir('/root/x', done));
    await call((done) => sftp.fastPut(local, '/root/x/big', { mode: 0o640 }, done));
    await call((done) => sftp.chmod('/root/x/big', 0o600, done));
    const stats = await call<{ mode: number; size: number }>((done) =>
      sftp.stat('/root/x/big', done),
    );
    expect([stats?.size, (stats?.mode ?? 0) & 0o7777]).toEqual([300_000, 0o600]);
    await call((done) => sftp.rename('/root/x/big', '/root/x/bigger', done));
    expect((await shell.read('/root/x/bigger')).equals(big)).toBe(true);
    const names = await call<{ filename: string }[]>((done) => sftp.readdir('/root/x', done));
    expect(names?.map(({ filename }) => filename)).toEqual(['bigger']);
    await expect(shell.read('/root/x/big')).rejects.toThrow(/No such file/);
    await expect(call((done) => sftp.rmdir('/root/x', done))).rejects.toThrow();
    await call((done) => sftp.unlink('/root/x/bigger', done));
    await call((done) => sftp.rmdir('/root/x', done));
    await expect(shell.write('/no/folder', 'x')).rejects.toThrow(/No such file/);
    shell.close();
  });

  it('is a server that ssh and sftp accept', async () => {
    const options = await openSshOptions();
    const { stdout } = await run('ssh', [...options, droplet.address, 'cat .ssh/authorized_keys']);
    expect(stdout.trim()).toBe(droplet.key.publicKey);
    await writeFile(join(folder, 'up'), 'uploaded');
    const batch = join(folder, 'batch');
    const commands = ['put up /tmp/up', 'chmod 600 /tmp/up', 'ls -l /tmp', 'get /tmp/up down'];
    await writeFile(batch, commands.join('\n'));
    await run('sftp', [...options, '-b', batch, droplet.address], { cwd: folder });
    expect(await readFile(join(folder, 'down'), 'utf8')).toBe('uploaded');
  });
});

/** Real OpenSSH, strict about the host key, through the sandbox's proxy. */
async function openSshOptions(): Promise<string[]> {
  const { port } = new URL(sandbox.url);
  const proxy = `
    const request = require('node:http').request({ port: ${port}, method: 'CONNECT',
      host: '127.0.0.1', path: process.argv[2] + ':' + process.argv[3] });
    request.on('connect', (answer, socket, head) => {
      if (answer.statusCode !== 200) process.exit(1);
      socket.unshift(head);
      process.stdin.pipe(socket).pipe(process.stdout);
    });
    request.end();`;
  const files = { proxy: join(folder, 'proxy.cjs'), key: join(folder, 'key') };
  const knownHosts = join(folder, 'known_hosts');
  await writeFile(files.proxy, proxy);
  await writeFile(files.key, droplet.key.privateKey, { mode: 0o600 });
  await writeFile(knownHosts, `${droplet.address} ${droplet.hostKey.publicKey}\n`);
  const settings = [
    `ProxyCommand=${process.execPath} ${files.proxy} %h %p`,
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'IdentitiesOnly=yes',
    'BatchMode=yes',
    'User=root',
  ];
  return ['-F', '/dev/null', '-i', files.key, ...settings.flatMap((setting) => ['-o', setting])];
}
