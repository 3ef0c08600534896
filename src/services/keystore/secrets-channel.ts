import { createInterface } from 'node:readline';
import type { Duplex, Readable, Writable } from 'node:stream';
import { messageOf } from '../../core/errors.js';
import { type CredentialKey, type Keystore, KeystoreError } from './keystore.js';

/**
 * Request for a secret from the worker process. Travels over a socket pair between the worker and
 * the program that started it: never through a file, an argument or the environment.
 */
interface Request extends CredentialKey {
  readonly id: number;
  readonly op: 'get' | 'set' | 'delete';
  readonly secret?: string;
}

interface Reply {
  readonly id: number;
  readonly value?: string | boolean | null;
  readonly failed?: string;
}

/** Answers the other process out of this one's store until either of them ends. */
export function serveSecrets(channel: Duplex, keystore: Keystore): void {
  const lines = createInterface({ input: channel });
  // The other process may end at any time; an answer that it does not take is not needed.
  channel.on('error', () => undefined);
  lines.on('error', () => undefined);
  lines.on('line', (line) => {
    const request = JSON.parse(line) as Request;
    void answer(keystore, request).then((reply) => channel.write(`${JSON.stringify(reply)}\n`));
  });
}

async function answer(keystore: Keystore, request: Request): Promise<Reply> {
  const { id, op, service, account, secret = '' } = request;
  const key = { service, account };
  try {
    if (op === 'get') return { id, value: (await keystore.get(key)) ?? null };
    if (op === 'delete') return { id, value: await keystore.delete(key) };
    await keystore.set(key, secret);
    return { id, value: null };
  } catch (error) {
    return { id, failed: messageOf(error) };
  }
}

/**
 * Uses the store of the program that started this process. Also keeps its own copies of secrets
 * stored here, to continue without that program; refuses to store a secret that would be lost with
 * it (`session-ended`).
 */
export function joinSecrets(channel: Duplex, title: string): Keystore {
  const link = new Link(channel);
  const own = new Map<string, string>();
  const nameOf = ({ service, account }: CredentialKey): string =>
    JSON.stringify([service, account]);
  return {
    kind: 'session',
    title,
    async probe() {
      if (link.isOver) throw sessionEnded();
    },
    async get(key) {
      const known = own.get(nameOf(key));
      if (known !== undefined) return known;
      const value = link.isOver ? null : await link.ask('get', key);
      return typeof value === 'string' ? value : undefined;
    },
    async set(key, secret) {
      await link.ask('set', key, secret);
      own.set(nameOf(key), secret);
    },
    async delete(key) {
      const wasOwn = own.delete(nameOf(key));
      // Skip a program that has ended: its secrets in memory are gone.
      if (link.isOver) return wasOwn;
      return (await link.ask('delete', key)) === true || wasOwn;
    },
  };
}

class Link {
  isOver = false;
  private lastId = 0;
  private readonly waiting = new Map<number, (reply: Reply | undefined) => void>();

  constructor(private readonly channel: Duplex) {
    const handleEnd = (): void => {
      this.isOver = true;
      for (const settle of this.waiting.values()) settle(undefined);
      this.waiting.clear();
    };
    const lines = createInterface({ input: channel });
    lines.on('line', (line) => {
      const reply = JSON.parse(line) as Reply;
      this.waiting.get(reply.id)?.(reply);
      this.waiting.delete(reply.id);
    });
    lines.on('error', handleEnd);
    channel.on('error', handleEnd);
    channel.on('close', handleEnd);
    channel.on('end', handleEnd);
  }

  async ask(op: Request['op'], key: CredentialKey, secret?: string): Promise<Reply['value']> {
    const reply = await new Promise<Reply | undefined>((resolve) => {
      if (this.isOver) {
        resolve(undefined);
        return;
      }
      const id = ++this.lastId;
      this.waiting.set(id, resolve);
      const request: Request = { id, op, ...key, ...(secret === undefined ? {} : { secret }) };
      this.channel.write(`${JSON.stringify(request)}\n`);
    });
    if (reply === undefined) throw sessionEnded();
    if (reply.failed !== undefined) {
      throw new KeystoreError({ code: 'store-failed', message: reply.failed });
    }
    return reply.value;
  }
}

/** Gives a worker the vault's key, without which it cannot read what an earlier one stored. */
export function handOverKey(channel: Writable, identity: string): void {
  channel.on('error', () => undefined);
  channel.end(`${identity}\n`);
}

/** Takes it; empty when the other process ended first. */
export async function takeKey(channel: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of channel) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8').trim();
}

function sessionEnded(): KeystoreError {
  return new KeystoreError({
    code: 'session-ended',
    message: 'The program that kept the secrets in its memory has ended, so they are lost.',
    hint: [
      'Keep the program open while a server is created.',
      { lead: 'Or create a vault', command: 'vault.init' },
    ],
  });
}
