import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSsh } from '../../../src/services/ssh/connect.js';
import { showHostKey } from '../../../src/services/ssh/show-host-key.js';
import { systemShell } from '../../../src/services/ssh/system-shell.js';
import { admitLine, dismissCommand } from '../../../src/core/admit-key.js';
import { requireLogin, type TemporaryLogin } from '../../../src/services/ssh/temporary-login.js';
import { MemoryKeystore } from '../../fixtures/memory-keystore.js';
import { startSshd, type TestSshd } from '../../fixtures/sshd/start.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const SIGNAL = new AbortController().signal;
const LIMITS = { timeoutMs: 10_000, signal: SIGNAL };
const run = promisify(execFile);

let sshd: TestSshd;
let keys: string;
let before: string;

beforeAll(async () => {
  sshd = await startSshd();
  await mkdir(join(sshd.root, 'root/.ssh'), { recursive: true });
  keys = join(sshd.root, 'root/.ssh/authorized_keys');
  before = await readFile(keys, 'utf8');
});
afterAll(() => sshd.stop());

/** A command for the machine's own folders, in the tree of this sshd. */
const here = (command: string): string =>
  command.replaceAll(/\/(root\/\.ssh|etc\/ssh)\b/g, `${sshd.root}/$1`);

/** Runs it as a shell of the console does; gives what it prints. */
async function onConsole(command: string): Promise<string> {
  const { stdout } = await run('/bin/bash', ['-c', here(command)]);
  return stdout;
}

async function logIn({ privateKey }: TemporaryLogin): Promise<string> {
  try {
    const connection = await connectSsh({ ...sshd.target, privateKey }, LIMITS);
    connection.close();
    return 'let in';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('a temporary login', () => {
  it('is let in by the one line, which prints the host key that the server shows', async () => {
    const login = await requireLogin(new MemoryKeystore(), 'a');
    expect(await logIn(login)).toBe('authentication-failed');
    expect(admitLine(login)).not.toContain('\n');
    const printed = await onConsole(admitLine(login));
    expect(printed).toContain(sshd.hostKey.sha256);
    expect(await logIn(login)).toBe('let in');
    const [type, key] = sshd.hostKey.publicKey.split(' ');
    expect(await showHostKey(sshd.target, LIMITS)).toBe(`${type} ${key}`);

    const connection = await connectSsh({ ...sshd.target, privateKey: login.privateKey }, LIMITS);
    const { exitCode } = await connection.exec(here(dismissCommand(login)));
    connection.close();
    expect(exitCode).toBe(0);
    expect(await readFile(keys, 'utf8')).toBe(before);
    expect(await logIn(login)).toBe('authentication-failed');
  });

  it('ends by itself, and its line may be run again', async () => {
    const login = await requireLogin(new MemoryKeystore(), 'a');
    await onConsole(admitLine(login).replace('+2 hours', '-1 hours'));
    expect(await logIn(login)).toBe('authentication-failed');
    await onConsole(admitLine(login));
    expect(await logIn(login)).toBe('let in');
    await onConsole(dismissCommand(login));
    expect(await readFile(keys, 'utf8')).toBe(before);
  });

  it('leaves a last line without a line feed whole', async () => {
    await writeFile(keys, before.trimEnd());
    const login = await requireLogin(new MemoryKeystore(), 'a');
    await onConsole(admitLine(login));
    expect(await logIn(login)).toBe('let in');
    await onConsole(dismissCommand(login));
    expect((await readFile(keys, 'utf8')).trimEnd()).toBe(before.trimEnd());
    await writeFile(keys, before);
  });

  it('is the same one for a server until it is forgotten', async () => {
    const store = new MemoryKeystore();
    expect(await requireLogin(store, 'a')).toEqual(await requireLogin(store, 'a'));
    expect(await requireLogin(store, 'b')).not.toEqual(await requireLogin(store, 'a'));
  });
});

describe('systemShell', () => {
  async function shellWith(privateKey: string, hostKey: string) {
    const folder = await temporaryFolder();
    const [knownHosts, identity] = [join(folder, 'hosts'), join(folder, 'id')];
    await writeFile(knownHosts, `lab ${hostKey}\n`);
    await writeFile(identity, privateKey, { mode: 0o600 });
    const place = { host: '127.0.0.1', port: sshd.port, user: sshd.target.username };
    const target = { ...place, hostKeyAlias: 'lab', knownHosts, identity };
    return systemShell(target, hostKey, { PATH: process.env['PATH'], HOME: folder });
  }

  it('runs commands with a key of the person, and hands their output on', async () => {
    const shell = await shellWith(sshd.clientKey.privateKey, sshd.hostKey.publicKey);
    const said: string[] = [];
    const ended = await shell.exec('echo out; echo err >&2; exit 3', {
      onStdout: (chunk) => void said.push(`out ${chunk.toString()}`),
      onStderr: (chunk) => void said.push(`err ${chunk.toString()}`),
    });
    expect([ended.exitCode, said]).toEqual([3, ['out out\n', 'err err\n']]);
  });

  it('tells a refused key from a server that is another one, and from one that is not there', async () => {
    const other = await requireLogin(new MemoryKeystore(), 'a');
    const refused = await shellWith(other.privateKey, sshd.hostKey.publicKey);
    await expect(refused.exec('true')).rejects.toMatchObject({ code: 'authentication-failed' });
    const changed = await shellWith(sshd.clientKey.privateKey, other.publicKey);
    await expect(changed.exec('true')).rejects.toMatchObject({ code: 'host-key-changed' });
    const shell = await shellWith(sshd.clientKey.privateKey, sshd.hostKey.publicKey);
    await sshd.halt();
    await expect(shell.exec('true')).rejects.toMatchObject({ retryable: true });
    await sshd.start();
  });
});
