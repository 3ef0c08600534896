import { execFile } from 'node:child_process';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectSsh } from '../../../src/services/ssh/connect.js';
import { generateSshKeyPair } from '../../../src/services/ssh/keys.js';
import { type Dial, directDial } from '../../../src/services/network/dial.js';
import type { SshTarget } from '../../../src/services/ssh/ssh.js';
import { SshError } from '../../../src/services/ssh/ssh-error.js';
import { startSshd, type TestSshd } from '../../fixtures/sshd/start.js';
import { eventually } from './eventually.js';

const TIMEOUT = { timeoutMs: 20_000 };

/** The error of a connection that must not come about. */
async function refusal(target: SshTarget, options = TIMEOUT): Promise<SshError> {
  const error: unknown = await connectSsh(target, options).then(
    (connection) => connection.close(),
    (reason: unknown) => reason,
  );
  if (error instanceof SshError) return error;
  throw new Error(`not refused as expected: ${String(error)}`);
}

describe('connectSsh against OpenSSH', () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  it('connects to the server with the expected host key', async () => {
    const connection = await connectSsh(sshd.target, TIMEOUT);
    expect(connection.hostKeySha256).toBe(sshd.hostKey.sha256);
    expect(connection.closed).toBe(false);
    expect(await connection.exec('true')).toEqual({ exitCode: 0, signal: undefined });
    connection.close();
    expect(connection.closed).toBe(true);
    await expect(connection.exec('true')).rejects.toMatchObject({ code: 'connection-lost' });
  });

  it('refuses another host key, names both, and sends no login', async () => {
    const other = generateSshKeyPair('');
    const before = sshd.log().length;
    const error = await refusal({ ...sshd.target, hostKey: other.publicKey });
    expect(error).toMatchObject({ code: 'host-key-changed', retryable: false });
    expect(error.message).toContain(other.sha256);
    expect(error.message).toContain(sshd.hostKey.sha256);
    expect(error.hint).toContain('rebuilt');
    await eventually(() => sshd.log().slice(before)).toContain('[preauth]');
    // What sshd writes of a login, from its first word on.
    expect(sshd.log().slice(before)).not.toMatch(/Accepted|Failed|authenticating user|publickey/);
  });

  it('refuses a server that has no ed25519 key to show', async () => {
    const server = await ecdsaServer();
    try {
      const { port } = server.address() as AddressInfo;
      const error = await refusal({ ...sshd.target, port });
      expect(error).toMatchObject({ code: 'host-key-changed', retryable: false });
      expect(error.message).toContain('no ed25519 key');
    } finally {
      server.close();
    }
  });

  it('says when the key is not accepted', async () => {
    const { privateKey } = generateSshKeyPair('stranger');
    const error = await refusal({ ...sshd.target, privateKey });
    expect(error).toMatchObject({ code: 'authentication-failed', retryable: false });
  });

  it('refuses what is no key without quoting it', async () => {
    const secret = 'not a key but somebody’s secret';
    const error = await refusal({ ...sshd.target, privateKey: secret });
    expect(error.code).toBe('private-key-invalid');
    expect(JSON.stringify([error, error.message, error.cause])).not.toContain('secret');
    expect((await refusal({ ...sshd.target, hostKey: 'ssh-rsa AAAA' })).code).toBe(
      'host-key-invalid',
    );
  });

  it('leaves no connection behind, however it ends', async () => {
    const sockets: Socket[] = [];
    const dial: Dial = async (...args) => {
      const socket = await directDial(...args);
      sockets.push(socket);
      return socket;
    };
    const target = { ...sshd.target, dial };
    (await connectSsh(target, TIMEOUT)).close();
    await refusal({ ...target, hostKey: generateSshKeyPair('').publicKey });
    await refusal({ ...target, privateKey: generateSshKeyPair('').privateKey });
    await refusal({ ...target, privateKey: 'none' });
    const controller = new AbortController();
    const aborted = connectSsh(
      {
        ...target,
        dial: async (...args) => {
          const socket = await dial(...args);
          controller.abort();
          return socket;
        },
      },
      { ...TIMEOUT, signal: controller.signal },
    );
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    expect(sockets).toHaveLength(5);
    await eventually(() => sockets.every((socket) => socket.closed)).toBe(true);
    await eventually(() => sshd.serving()).toEqual([]);
  });
});

/** An SSH server with an ECDSA host key only. */
async function ecdsaServer(): Promise<Server> {
  const { default: ssh2 } = await import('ssh2');
  const { private: key } = ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 });
  const server = new ssh2.Server({ hostKeys: [key] }, (client) => client.on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('connectSsh against what is no SSH server', () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  const target = (port: number): SshTarget => ({
    host: '127.0.0.1',
    port,
    username: 'root',
    privateKey: generateSshKeyPair('').privateKey,
    hostKey: generateSshKeyPair('').publicKey,
    dial: directDial,
  });

  async function serve(handle: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
      // Otherwise it would not notice that the other side is gone.
      socket.resume();
      handle(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    ['a web server', 'HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n'],
    ['a mail server', '220 mail.example ESMTP\r\n'],
    ['noise', `${'\u0000\u0001\u0002garbage'.repeat(10_000)}\n`],
    ['a strange version', 'SSH-no-such-version\r\n'],
  ])('says what answers instead: %s', async (_what, greeting) => {
    const port = await serve((socket) => socket.end(greeting));
    const error = await refusal(target(port));
    const expected = greeting.startsWith('SSH-')
      ? /connection-reset|ssh-incompatible/
      : /^not-ssh$/;
    expect(error.code).toMatch(expected);
    expect(error.message).toMatch(/^[\x20-\x7e]+$/);
    await eventually(() => sockets.size).toBe(0);
  });

  it('takes a server that turns connections away for one that will come back', async () => {
    const port = await serve((socket) => socket.end('Not allowed at this time\r\n'));
    expect(await refusal(target(port))).toMatchObject({
      code: 'connection-refused',
      retryable: true,
    });
  });

  it('tells a connection that is closed at once from one that is reset', async () => {
    const closes = await serve((socket) => socket.end());
    expect(await refusal(target(closes))).toMatchObject({
      code: 'connection-reset',
      retryable: true,
    });
    const resets = await serve((socket) => socket.resetAndDestroy());
    expect(await refusal(target(resets))).toMatchObject({
      code: 'connection-reset',
      retryable: true,
    });
  });

  it('survives a reset of the first connection while the library is being loaded', async () => {
    const port = await serve((socket) => socket.resetAndDestroy());
    const fixture = join(import.meta.dirname, 'first-connection.fixture.mjs');
    const { privateKey, hostKey } = target(port);
    const args = [fixture, String(port), hostKey];
    const ended = promisify(execFile)(process.execPath, args, { env: { PRIVATE_KEY: privateKey } });
    expect((await ended).stdout).toBe('connection-reset\n');
  });

  it('gives up on a server that says nothing, in its own time', async () => {
    const port = await serve(() => {});
    const error = await refusal(target(port), { timeoutMs: 100 });
    expect(error).toMatchObject({ code: 'connection-timeout', retryable: true });
    await eventually(() => sockets.size).toBe(0);
  });

  it('says when nobody listens', async () => {
    const port = await serve(() => {});
    await new Promise((resolve) => servers.pop()!.close(resolve));
    expect(await refusal(target(port))).toMatchObject({
      code: 'connection-refused',
      retryable: true,
    });
  });

  it.each([
    ['EHOSTUNREACH', 'host-unreachable', true],
    ['ENOTFOUND', 'host-not-found', false],
    ['EAI_AGAIN', 'host-not-found', true],
    ['ETIMEDOUT', 'connection-timeout', true],
  ])('turns %s into %s', async (system, code, retryable) => {
    const dial: Dial = () => Promise.reject(Object.assign(new Error(system), { code: system }));
    expect(await refusal({ ...target(1), dial })).toMatchObject({ code, retryable });
  });
});
