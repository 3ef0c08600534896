import { isAbort, messageOf } from '../../core/errors.js';
import { abortError, authorityOf, discard } from '../network/dial.js';
import type { DebugLog } from '../log/debug-log.js';
import { LiveConnection } from './connection.js';
import { shakeHands } from './handshake.js';
import { parsePublicKey } from './keys.js';
import type { ConnectSsh, SshConnection } from './ssh.js';
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
    let failure: Error | undefined;
    // Until the library listens: an error that has no listener ends the process.
    const note = (error: Error): void => void (failure = error);
    socket.on('error', note);
    const { Client } = (await library).default;
    socket.off('error', note);
    if (failure !== undefined) throw connectFailed(address, failure);
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

/** Logs the commands and file transfers of connections at debug level (never their content). */
export function withSshLog(connectSsh: ConnectSsh, log: DebugLog): ConnectSsh {
  return async (target, options) => {
    const name = `${target.username}@${target.host}:${target.port}`;
    try {
      const connection = await connectSsh(target, options);
      log.write('ssh', `${name} connected, host key ${connection.hostKeySha256}`);
      return logged(connection, name, log);
    } catch (error) {
      log.write('ssh', `${name} not connected: ${messageOf(error)}`);
      throw error;
    }
  };
}

function logged(connection: SshConnection, name: string, log: DebugLog): SshConnection {
  const trace = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      const result = await work;
      log.write('ssh', `${name} ${what}: done`);
      return result;
    } catch (error) {
      log.write('ssh', `${name} ${what}: ${messageOf(error)}`);
      throw error;
    }
  };
  return {
    get hostKeySha256() {
      return connection.hostKeySha256;
    },
    get closed() {
      return connection.closed;
    },
    exec: (command, options) =>
      trace(`exec ${firstLine(command)}`, connection.exec(command, options)),
    writeFile: (path, content, mode, signal) =>
      trace(`write ${path}`, connection.writeFile(path, content, mode, signal)),
    close: () => connection.close(),
  };
}

/** A command of several lines says in its first one what it does. */
function firstLine(command: string): string {
  return command.split('\n', 1)[0] ?? '';
}
