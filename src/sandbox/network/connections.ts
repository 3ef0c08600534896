import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** More than any call of the API needs: user data is limited to 64 KiB. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Time for which a refused caller may keep sending, milliseconds; the data is discarded. */
const LINGER_MS = 1000;

/** The whole body; undefined for one over `MAX_BODY_BYTES`, of which no more is kept. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Before an answer to a request whose body is not read: the connection ends with it. */
export function ignoreBody(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  // A connection that is closed while the caller sends would take the answer along.
  request.resume();
  response.on('finish', () => {
    const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
    request.socket.on('close', () => clearTimeout(timer));
  });
}

/** Breaks a connection off: with a reset where there are any. A Unix socket has none, and only closes. */
export function reset(socket: Socket): void {
  if (socket.remoteFamily === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
