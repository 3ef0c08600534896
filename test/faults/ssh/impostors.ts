import { type AddressInfo, createServer, type Socket } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSshd, type TestSshd } from '../../fixtures/sshd/start.js';

/** Something that answers in the droplet's place. */
export interface Impostor {
  /** On loopback. */
  readonly port: number;
  /** What it was told that nobody but the droplet may hear, and whether it was reached at all. */
  readonly heard?: () => string[];
  readonly close: () => Promise<void>;
}

/** What sshd writes of a login, from its first word on. */
const LOGIN = /Accepted|Failed|authenticating user|publickey/;
const FLOOD_BYTES = 64 * 1024;

/** A real sshd that would let the temporary key in, with a host key of its own. */
export async function otherServer(droplet: TestSshd): Promise<Impostor> {
  const other = await startSshd();
  const authorized = join(other.root, 'root/.ssh/authorized_keys');
  await writeFile(authorized, `${droplet.clientKey.publicKey}\n`);
  return {
    port: other.port,
    heard: () => [
      ...(other.log().includes('Connection from') ? [] : ['the other server was never reached']),
      ...(LOGIN.test(other.log()) ? ['the other server was sent a login'] : []),
    ],
    close: () => other.stop(),
  };
}

export const GREETINGS = {
  'a web page': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n'),
  'binary noise': (socket) => socket.end(Buffer.from(noise(4_096))),
  'noise after a banner': (socket) =>
    socket.end(Buffer.concat([Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'), noise(4_096)])),
  'a flood without end': (socket) => flood(socket),
  'no banner at all': () => undefined,
} satisfies Record<string, (socket: Socket) => unknown>;

/** A server that greets and listens to nothing. */
export async function greeter(greet: (socket: Socket) => unknown): Promise<Impostor> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port of loopback on which nobody listens; a free one could be somebody's by the time that it is tried. */
export const CLOSED_PORT = 1;

/** Bytes of every value, the same each time; no line ends among them. */
function noise(length: number): Buffer {
  const byte = (index: number): number => (index * 167 + 13) % 256;
  return Buffer.from(Array.from({ length }, (_, index) => byte(index))).map((value) =>
    value === 0x0a ? 0x0b : value,
  ) as Buffer;
}

function flood(socket: Socket): void {
  const more = (): void => {
    if (!socket.destroyed && socket.write(Buffer.alloc(FLOOD_BYTES, 'x'))) setImmediate(more);
  };
  socket.on('drain', more);
  more();
}
