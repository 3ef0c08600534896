import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { systemCodeOf } from '../../core/errors.js';
import { writeFileAtomic } from '../files/atomic.js';
import type { Health } from './health.js';

/** A line for each server: one write replaces it whole. */
const LINE_BYTES = 512;
const MOST_REASON = 240;
/** With so many lines, looks that changed nothing share a write: some second's worth of them. */
const MANY_LINES = 100;
const WRITES_A_ROUND = 30;

/** Last look at a server by the process that looks. */
export interface Seen {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly health: Health;
}

/** File in which the process that looks says what it sees, for the others. */
export class NowFile {
  private readonly lines = new Map<string, { readonly at: number; readonly state: string }>();
  /** Content of the file, and the part of it that is not written yet. */
  private image = Buffer.alloc(0);
  private unwritten = { from: Infinity, to: 0, looks: 0 };
  private readonly unused: number[] = [];
  private readAt = 0;
  /** File of the process that writes. */
  private file: FileHandle | undefined;

  constructor(private readonly path: string) {}

  /** Begins anew, as the one that writes. */
  async begin(): Promise<void> {
    this.lines.clear();
    this.unused.length = 0;
    this.image = Buffer.alloc(0);
    this.unwritten = { from: Infinity, to: 0, looks: 0 };
    await this.close();
    await writeFileAtomic(this.path, '');
    this.file = await open(this.path, constants.O_WRONLY | constants.O_NOFOLLOW);
  }

  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await file?.close();
  }

  async write(seen: Seen): Promise<void> {
    const { state } = seen.health;
    const before = this.lines.get(seen.id);
    const at = before?.at ?? this.unused.pop() ?? this.lines.size;
    this.lines.set(seen.id, { at, state });
    this.put(at, JSON.stringify({ ...seen, health: shortened(seen.health) }));
    const { size } = this.lines;
    const isShared = size >= MANY_LINES && this.unwritten.looks < size / WRITES_A_ROUND;
    if (before?.state !== state || !isShared) await this.flush();
  }

  async forget(id: string): Promise<void> {
    const line = this.lines.get(id);
    if (line === undefined) return;
    this.lines.delete(id);
    this.unused.push(line.at);
    this.put(line.at, '');
    await this.flush();
  }

  /** Content of the file now; undefined where nothing was written since the last call. */
  async readNew(): Promise<readonly Seen[] | undefined> {
    try {
      const { mtimeMs } = await stat(this.path);
      if (mtimeMs === this.readAt) return undefined;
      const file = await open(this.path, constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        const text = await file.readFile('utf8');
        this.readAt = mtimeMs;
        return text.split('\n').flatMap((line) => parse(line));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Epoch milliseconds; undefined where there is no file. */
  async writtenAt(): Promise<number | undefined> {
    return await stat(this.path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
  }

  private put(line: number, text: string): void {
    const from = line * LINE_BYTES;
    const to = from + LINE_BYTES;
    if (to > this.image.length) this.image = Buffer.concat([this.image], 2 * to);
    this.image.fill(' ', from, to);
    // A longer one would reach into the next line: it is left out.
    if (Buffer.byteLength(text) < LINE_BYTES) this.image.write(text, from);
    this.image.write('\n', to - 1);
    const { unwritten } = this;
    unwritten.from = Math.min(unwritten.from, from);
    unwritten.to = Math.max(unwritten.to, to);
    unwritten.looks += 1;
  }

  private async flush(): Promise<void> {
    const { from, to } = this.unwritten;
    this.unwritten = { from: Infinity, to: 0, looks: 0 };
    await this.file?.write(this.image, from, to - from, from);
  }
}

function shortened(health: Health): Health {
  if (!('reason' in health)) return health;
  const { reason } = health;
  return { ...health, reason: Buffer.from(reason).subarray(0, MOST_REASON).toString() };
}

/** A line that is torn, blank or another program's is none. */
function parse(line: string): Seen[] {
  if (!line.startsWith('{')) return [];
  try {
    const { id, at, health } = JSON.parse(line) as Partial<Seen>;
    const isHealth =
      typeof health?.state === 'string' &&
      (health.state !== 'online' || typeof health.latencyMs === 'number') &&
      ['number', 'undefined'].includes(typeof health.certificateEndsAt);
    return typeof id === 'string' && typeof at === 'number' && isHealth ? [{ id, at, health }] : [];
  } catch {
    return [];
  }
}
