import { isAbort } from '../../core/errors.js';
import { abortError, authorityOf, discard } from '../network/dial.js';
import { LiveConnection } from './connection.js';
import { shakeHands } from './handshake.js';
import { parsePublicKey } from './keys.js';
import type { ConnectSsh } from './ssh.js';
import { connectFailed, SshError } from './ssh-error.js';

/** Detection of dead connections: interval of the packets, and limit of unanswered ones. */
export interface Keepalive {
  readonly intervalMs: number;
  readonly missedMax: number;
}

const KEEPALIVE: Keepalive = { intervalMs: 15_000, missedMax: 3 };

/** `connectSsh` with another idea of when a silent connection is dead. */
export function connectSshWith(keepalive: Keepalive): ConnectSsh {
  return async (target, { timeoutMs, signal }) => {
    const address = authorityOf(target.host, target.port);
    const expectedKey = requireHostKey(target.hostKey, address);
    const startedAt = performance.now();
    // Takes some 40 ms, which most runs of the program never need.
    const library = import('ssh2');
    const socket = await target
      .dial(target.host, target.port, { timeoutMs, signal })
      .catch((error: unknown) => {
        throw isAbort(error) || signal?.aborted ? error : connectFailed(address, error);
      });
    const { Client } = (await library).default;
    if (signal?.aborted) {
      discard(socket);
      throw abortError(signal);
    }

    const client = new Client();
    const connection = new LiveConnection(client, socket, address, expectedKey);
    const leftMs = Math.max(1, Math.round(timeoutMs - (performance.now() - startedAt)));
    const options = { target, address, expectedKey, timeoutMs: leftMs, signal, keepalive };
    await shakeHands(client, socket, options);
    return connection;
  };
}

/**
 * Connects and logs in by key. The host key must be the target's, byte for byte; anything else rejects with
 * `host-key-changed` before anything but the handshake was sent. `timeoutMs` covers all of it.
 */
export const connectSsh: ConnectSsh = connectSshWith(KEEPALIVE);

function requireHostKey(line: string, address: string): Buffer {
  const key = parsePublicKey(line);
  if (key !== undefined) return key;
  throw new SshError({
    code: 'host-key-invalid',
    message: `The host key kept for ${address} is not a whole ed25519 public key.`,
    hint: 'Without it the server cannot be verified, so nothing connects to it.',
  });
}
