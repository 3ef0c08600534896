import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Dial, directDial } from '../../../src/services/network/dial.js';
import { COMMAND_MAX_BYTES } from '../../../src/services/ssh/exec.js';
import { connectSsh, connectSshWith } from '../../../src/services/ssh/connect.js';
import type { SshConnection } from '../../../src/services/ssh/ssh.js';
import { startSshd, type TestSshd } from '../../fixtures/sshd/start.js';
import { eventually } from './eventually.js';

describe('against an OpenSSH that is set up differently', () => {
  let sshd: TestSshd | undefined;
  let connection: SshConnection | undefined;
  afterEach(async () => {
    connection?.close();
    await sshd?.stop();
  });

  async function connectTo(config: readonly string[]): Promise<SshConnection> {
    sshd = await startSshd({ config });
    connection = await connectSsh(sshd.target, { timeoutMs: 20_000 });
    return connection;
  }

  it('gets by with two sessions a connection', async () => {
    const opened = await connectTo(['MaxSessions 2']);
    const results = await Promise.all(Array.from({ length: 6 }, () => opened.exec('true')));
    expect(results.every(({ exitCode }) => exitCode === 0)).toBe(true);
  });

  it('says so when it gets no session at all', async () => {
    const opened = await connectTo(['MaxSessions 0']);
    await expect(opened.exec('true')).rejects.toMatchObject({
      code: 'session-refused',
      retryable: false,
    });
    expect(opened.closed).toBe(false);
  });

  it('says so when there is no SFTP', async () => {
    const opened = await connectTo(['Subsystem sftp /nonexistent']);
    await expect(opened.writeFile('/tmp/never-written', 'x', 0o600)).rejects.toMatchObject({
      code: 'session-refused',
    });
    expect((await opened.exec('true')).exitCode).toBe(0);
  });

  it('takes the longest command in one packet, and refuses a longer one before it is sent', async () => {
    const opened = await connectTo([]);
    const command = (bytes: number): string => 'true #'.padEnd(bytes, 'x');
    expect((await opened.exec(command(COMMAND_MAX_BYTES))).exitCode).toBe(0);
    await expect(opened.exec(command(COMMAND_MAX_BYTES + 1))).rejects.toThrow(RangeError);
    expect((await opened.exec('true')).exitCode).toBe(0);
  });

  it('finds the algorithms of a hardened server', async () => {
    const opened = await connectTo([
      'KexAlgorithms curve25519-sha256',
      'Ciphers chacha20-poly1305@openssh.com',
      'MACs hmac-sha2-512-etm@openssh.com',
    ]);
    let output = '';
    await opened.exec('echo sealed', { onStdout: (chunk) => void (output += chunk.toString()) });
    expect(output).toBe('sealed\n');
  });

  it('finds out that the server has gone silent, and closes the socket', async () => {
    sshd = await startSshd();
    let socket: Socket | undefined;
    const dial: Dial = async (...args) => (socket = await directDial(...args));
    const impatient = connectSshWith({ intervalMs: 100, missedMax: 3 });
    connection = await impatient({ ...sshd.target, dial }, { timeoutMs: 20_000 });
    // Answers while it lives, however long nothing happens.
    expect((await connection.exec('sleep 1')).exitCode).toBe(0);
    const running = connection.exec('sleep 60');
    sshd.freeze();
    await expect(running).rejects.toMatchObject({ code: 'connection-lost', retryable: true });
    await eventually(() => socket?.closed).toBe(true);
  });

  it('closes for good when the server does not take leave', async () => {
    sshd = await startSshd();
    let socket: Socket | undefined;
    const dial: Dial = async (...args) => (socket = await directDial(...args));
    connection = await connectSsh({ ...sshd.target, dial }, { timeoutMs: 20_000 });
    sshd.freeze();
    // More than the network takes in, so that the farewell cannot be written.
    const upload = connection.writeFile(`${sshd.root}/large`, Buffer.alloc(40_000_000), 0o600);
    upload.catch(() => {});
    connection.close();
    await expect(upload).rejects.toMatchObject({ code: 'connection-lost' });
    await eventually(() => socket?.closed).toBe(true);
  });

  it('says so when there is no algorithm in common', async () => {
    await expect(connectTo(['KexAlgorithms diffie-hellman-group14-sha256'])).rejects.toMatchObject({
      code: 'ssh-incompatible',
      retryable: false,
    });
  });
});
