import { HOST_KEY_TYPE } from './keys.js';
import type { SshTarget } from './ssh.js';
import { connectFailed, handshakeTimeout } from './ssh-error.js';

/**
 * Reads the ed25519 host key that a server shows now, `ssh-ed25519 AAAA…`, and ends the connection. Proves nothing: the
 * caller compares it with what came by another way. Rejects with SshError.
 */
export async function showHostKey(
  { host, port, dial }: Pick<SshTarget, 'host' | 'port' | 'dial'>,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<string> {
  const address = `${host}:${port}`;
  const { Client } = (await import('ssh2')).default;
  const socket = await dial(host, port, { timeoutMs, signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw connectFailed(address, error);
  });
  const client = new Client();
  try {
    return await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(handshakeTimeout(address, timeoutMs)), timeoutMs);
      const fail = (error?: Error): void => {
        clearTimeout(timer);
        reject(connectFailed(address, error ?? new Error('the connection was closed')));
      };
      client.on('error', fail).on('close', () => fail());
      client.connect({
        sock: socket,
        username: 'root',
        readyTimeout: 0,
        algorithms: { serverHostKey: [HOST_KEY_TYPE] },
        hostVerifier(key: Buffer) {
          clearTimeout(timer);
          resolve(`${HOST_KEY_TYPE} ${key.toString('base64')}`);
          return false;
        },
      });
    });
  } finally {
    client.on('error', () => undefined);
    socket.destroy();
  }
}
