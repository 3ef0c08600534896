import type { Socket } from 'node:net';
import type { DropletFaults } from '../faults/droplet-faults.js';
import { reset } from '../network/reset.js';

const GARBAGE = 'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n';

/**
 * Effect of a fault on a connection: `taken` ones must not reach the SSH server, `mute` ones get no
 * answers.
 */
export type Spoiling = 'none' | 'taken' | 'mute';

/** Spoils SSH connections, as many as each fault says. */
export class ConnectionFaults {
  private readonly faults: DropletFaults;
  private readonly used = new Map<object, number>();

  constructor(faults: DropletFaults) {
    this.faults = faults;
  }

  spoil(socket: Socket): Spoiling {
    const hangs = this.faults.find('ssh-hangs');
    const dropped = this.faults.find('ssh-dropped');
    if (this.isDue(this.faults.find('ssh-garbage'))) {
      socket.end(GARBAGE);
      return 'taken';
    }
    if (dropped !== undefined && this.isDue(dropped)) dropAfter(socket, dropped.afterBytes);
    if (!this.isDue(hangs)) return 'none';
    if (hangs?.when === 'after-login') return 'mute';
    socket.resume();
    return 'taken';
  }

  private isDue(fault: { readonly connections?: number | undefined } | undefined): boolean {
    if (fault === undefined) return false;
    const used = this.used.get(fault) ?? 0;
    this.used.set(fault, used + 1);
    return used < (fault.connections ?? Infinity);
  }
}

/** Lets so many bytes out, then resets. */
function dropAfter(socket: Socket, bytes: number): void {
  let left = bytes;
  const write = socket.write.bind(socket) as (chunk: Buffer, ...rest: unknown[]) => boolean;
  const limited = (chunk: Buffer | string, ...rest: unknown[]): boolean => {
    const data = Buffer.from(chunk);
    if (data.length < left) {
      left -= data.length;
      return write(data, ...rest);
    }
    // The last bytes are to arrive before the reset does.
    const last = data.subarray(0, left);
    left = 0;
    write(last, () => reset(socket));
    return false;
  };
  socket.write = limited;
}
