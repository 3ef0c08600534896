import { EventEmitter } from 'node:events';
import { constants, openSync, writeSync } from 'node:fs';
import { systemCodeOf } from '../../core/errors.js';

/** Interval between offers to a terminal that takes nothing, ms. */
const RETRY_MS = 10;

const { O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants;

/** The part of a terminal's stream that says its size. */
interface SizedStream {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on(event: 'resize', listener: () => void): unknown;
}

interface Waiting {
  data: Buffer;
  readonly done: (() => void) | undefined;
}

/**
 * Output to a terminal that never holds up the event loop, which process.stdout does: a terminal that is not read
 * (paused, or at the far end of a dead line) blocks its write, and with it signals. Pending data keeps the process
 * alive, as with any stream.
 */
export class NonBlockingOutput extends EventEmitter {
  readonly isTTY = true;
  private readonly queue: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isLost = false;

  constructor(
    private readonly descriptor: number,
    private readonly stream: SizedStream,
  ) {
    super();
    stream.on('resize', () => this.emit('resize'));
  }

  get columns(): number | undefined {
    return this.stream.columns;
  }

  get rows(): number | undefined {
    return this.stream.rows;
  }

  get writableNeedDrain(): boolean {
    return this.queue.length > 0;
  }

  /** Writes in order; `done` is called once all of it is taken, or never can be. */
  write(data: string | Uint8Array, done?: () => void): boolean {
    this.queue.push({ data: Buffer.from(data), done });
    if (this.queue.length === 1) this.offer();
    return !this.writableNeedDrain;
  }

  /** Waits for pending data, in `limitMs` at most, and drops the rest: for the last write before an exit. */
  settle(limitMs: number): void {
    const end = performance.now() + limitMs;
    this.offer();
    while (this.queue.length > 0 && performance.now() < end) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      this.offer();
    }
    this.drop();
  }

  private readonly offer = (): void => {
    clearTimeout(this.timer);
    const wasWaiting = this.timer !== undefined;
    this.timer = undefined;
    if (!this.writeQueued()) this.timer = setTimeout(this.offer, RETRY_MS);
    else if (wasWaiting) this.emit('drain');
  };

  /** False while the terminal takes no more. */
  private writeQueued(): boolean {
    for (let [first] = this.queue; first !== undefined; [first] = this.queue) {
      try {
        if (!this.isLost) first.data = first.data.subarray(writeSync(this.descriptor, first.data));
      } catch (error) {
        if (systemCodeOf(error) === 'EAGAIN') return false;
        this.lose(error);
      }
      if (this.isLost || first.data.length === 0) this.queue.shift()?.done?.();
    }
    return true;
  }

  /** The terminal is gone: nothing will be read from now on. */
  private lose(error: unknown): void {
    this.isLost = true;
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const { done } of this.queue.splice(0)) done?.();
  }
}

type Stream = Pick<NodeJS.WriteStream, 'write'> & { readonly fd?: number; isTTY?: boolean };

const outputs = new Map<Stream, NonBlockingOutput>();

/** The output that takes the place of a stream on a terminal; undefined for pipes and files, which do not block. */
export function nonBlocking(stream: Stream): NonBlockingOutput | undefined {
  if (stream.isTTY !== true || stream.fd === undefined) return undefined;
  const known = outputs.get(stream);
  if (known !== undefined) return known;
  const descriptor = reopen(stream.fd);
  if (descriptor === undefined) return undefined;
  const output = new NonBlockingOutput(descriptor, stream as unknown as SizedStream);
  outputs.set(stream, output);
  return output;
}

/**
 * Opens the terminal again: O_NONBLOCK on the descriptor itself would hold for the shell as well. After `su` the
 * terminal belongs to another user, and only /dev/tty opens it.
 */
function reopen(descriptor: number): number | undefined {
  for (const path of [`/proc/self/fd/${descriptor}`, '/dev/tty']) {
    try {
      return openSync(path, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    } catch {
      // Try the next name.
    }
  }
  return undefined;
}
