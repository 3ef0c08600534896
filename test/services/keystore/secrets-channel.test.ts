import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { p12PasswordKey, TOKEN_KEY } from '../../../src/services/keystore/keystore.js';
import {
  handOverKey,
  joinSecrets,
  serveSecrets,
  takeKey,
} from '../../../src/services/keystore/secrets-channel.js';
import { MemoryKeystore } from '../../fixtures/memory-keystore.js';
import { errorOf } from './vault.js';

const SERVER = p12PasswordKey('server');

/** Two ends of one connection, as a program and its worker hold them. */
async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer();
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const ours = connect((server.address() as { port: number }).port, '127.0.0.1');
  const [theirs] = await accepted;
  server.close();
  onTestFinished(() => void [ours, theirs].map((socket) => socket.destroy()));
  return [theirs, ours];
}

async function connected() {
  const [theirs, ours] = await socketPair();
  const store = new MemoryKeystore();
  serveSecrets(theirs, store);
  return { store, theirs, worker: joinSecrets(ours, 'memory') };
}

describe('secrets over the channel between two processes', () => {
  it('are those of the program that serves them', async () => {
    const { store, worker } = await connected();
    await store.set(TOKEN_KEY, 'token');
    await worker.probe();
    expect(await worker.get(TOKEN_KEY)).toBe('token');
    expect(await worker.get(SERVER)).toBeUndefined();
    await worker.set(SERVER, 'line one\nline "two"');
    expect(await store.get(SERVER)).toBe('line one\nline "two"');
    expect(await worker.delete(SERVER)).toBe(true);
    expect(await worker.delete(SERVER)).toBe(false);
    expect(await store.get(SERVER)).toBeUndefined();
  });

  it('are answered each to its question, many at once', async () => {
    const { worker } = await connected();
    const keys = Array.from({ length: 30 }, (_, index) => p12PasswordKey(`server-${index}`));
    await Promise.all(keys.map((key) => worker.set(key, key.account)));
    expect(await Promise.all(keys.map((key) => worker.get(key)))).toEqual(
      keys.map((key) => key.account),
    );
  });

  it('tell of a store that fails, without the secret', async () => {
    const { store, worker } = await connected();
    store.set = () => Promise.reject(new Error('The store is full.'));
    const error = await errorOf(worker.set(SERVER, 'planted'));
    expect(error.message).toBe('The store is full.');
    expect(error.message).not.toContain('planted');
  });

  it('that this process stored stay readable when the program ends, and no new one is taken', async () => {
    const { theirs, worker } = await connected();
    await worker.set(SERVER, 'kept');
    const pending = errorOf(worker.set(TOKEN_KEY, 'too late'));
    theirs.destroy();
    expect((await pending).code).toBe('session-ended');
    expect(await worker.get(SERVER)).toBe('kept');
    expect(await worker.get(TOKEN_KEY)).toBeUndefined();
    expect((await errorOf(worker.probe())).code).toBe('session-ended');
    expect((await errorOf(worker.set(TOKEN_KEY, 'too late'))).code).toBe('session-ended');
    expect(await worker.delete(SERVER)).toBe(true);
    expect(await worker.delete(SERVER)).toBe(false);
  });

  it('or just the key of the vault, once', async () => {
    const [theirs, ours] = await socketPair();
    handOverKey(theirs, 'AGE-SECRET-KEY-1TEST');
    expect(await takeKey(ours)).toBe('AGE-SECRET-KEY-1TEST');
    const [closed, other] = await socketPair();
    closed.end();
    expect(await takeKey(other)).toBe('');
  });
});
