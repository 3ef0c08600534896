import type { Socket } from 'node:net';
import type { Client, ConnectConfig } from 'ssh2';
import { abortError } from '../network/dial.js';
import { HOST_KEY_TYPE, hostKeyChanged, sha256Fingerprint } from './keys.js';
import type { SshTarget } from './ssh.js';
import {
  authenticationFailed,
  connectFailed,
  handshakeFailed,
  handshakeTimeout,
  notSsh,
  SshError,
} from './ssh-error.js';

/** Limit of a non-SSH greeting kept for the error text. */
const GREETING_MAX_BYTES = 80;

/** Algorithms that OpenSSH has preferred since 2013 to 2014; none older. */
const ALGORITHMS = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
  serverHostKey: [HOST_KEY_TYPE],
  cipher: ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'chacha20-poly1305@openssh.com'],
  // Not used by the ciphers above, but the protocol wants a list.
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  compress: ['none'],
} satisfies ConnectConfig['algorithms'];

export interface HandshakeOptions {
  readonly target: SshTarget;
  /** `host:port`, for texts. */
  readonly address: string;
  readonly expectedKey: Buffer;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly keepalive: { readonly intervalMs: number; readonly missedMax: number };
}

/**
 * Proves who the server is, then who we are. Nothing is sent to a server with another host key. Rejects with
 * SshError, or the signal's reason; the socket is closed then.
 */
export function shakeHands(
  client: Client,
  socket: Socket,
  options: HandshakeOptions,
): Promise<void> {
  const { target, address, expectedKey, timeoutMs, signal, keepalive } = options;
  const state: HandshakeState = { seenKey: undefined, greeting: Buffer.alloc(0) };
  return new Promise((resolve, reject) => {
    const stopWaiting = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', handleAbort);
      socket.removeListener('data', handleData);
      client.removeListener('ready', handleReady);
      client.removeListener('error', handleError);
      client.removeListener('close', handleClose);
    };
    const fail = (error: Error): void => {
      stopWaiting();
      // After the farewell is written, whether or not the other side closes.
      socket.destroySoon();
      reject(error);
    };
    const timer = setTimeout(() => fail(handshakeTimeout(address, timeoutMs)), timeoutMs);
    const handleAbort = (): void => fail(abortError(signal!));
    const handleReady = (): void => {
      stopWaiting();
      resolve();
    };
    const handleError = (error: Error): void => fail(reasonFor(error, state, options));
    const handleClose = (): void =>
      fail(connectFailed(address, new Error('the connection was closed')));
    const handleData = (chunk: Buffer): void => {
      const wanted = GREETING_MAX_BYTES - state.greeting.length;
      if (wanted > 0) state.greeting = Buffer.concat([state.greeting, chunk.subarray(0, wanted)]);
    };

    signal?.addEventListener('abort', handleAbort, { once: true });
    client.on('ready', handleReady);
    client.on('error', handleError);
    client.on('close', handleClose);
    try {
      client.connect({
        sock: socket,
        username: target.username,
        privateKey: target.privateKey,
        authHandler: ['publickey'],
        algorithms: ALGORITHMS,
        hostVerifier: (key: Buffer) => {
          state.seenKey = key;
          return key.equals(expectedKey);
        },
        // Ours counts from the dial on.
        readyTimeout: 0,
        keepaliveInterval: keepalive.intervalMs,
        keepaliveCountMax: keepalive.missedMax,
      });
      socket.on('data', handleData);
    } catch (error) {
      fail(privateKeyInvalid(error));
    }
  });
}

interface HandshakeState {
  seenKey: Buffer | undefined;
  greeting: Buffer;
}

/** The library tells its errors apart by `level`. */
function reasonFor(error: Error, state: HandshakeState, options: HandshakeOptions): SshError {
  const { address, expectedKey, target } = options;
  const expected = sha256Fingerprint(expectedKey);
  if (state.seenKey !== undefined && !state.seenKey.equals(expectedKey)) {
    return hostKeyChanged(address, expected, sha256Fingerprint(state.seenKey));
  }
  const level = (error as { level?: unknown }).level;
  if (level === 'client-socket') return connectFailed(address, error);
  if (level === 'client-authentication') return authenticationFailed(address, target.username);
  const greeting = state.greeting.toString('latin1');
  if (greeting !== '' && !greeting.startsWith('SSH-')) return notSsh(address, printable(greeting));
  if (/no matching host key/i.test(error.message)) {
    return hostKeyChanged(address, expected, 'no ed25519 key at all');
  }
  if (greeting === '' || level === undefined) return connectFailed(address, error);
  return handshakeFailed(address, error);
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ').trim();
}

function privateKeyInvalid(cause: unknown): SshError {
  return new SshError({
    code: 'private-key-invalid',
    // The library's text may quote what it read.
    message: 'The private key for this server cannot be read.',
    hint: 'It must be an unencrypted key in OpenSSH format.',
    cause: cause instanceof SshError ? cause : undefined,
  });
}
