import type { Socket } from 'node:net';

/** Breaks a connection off: with a reset where there are any. A Unix socket has none, and only closes. */
export function reset(socket: Socket): void {
  if (socket.remoteFamily === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
