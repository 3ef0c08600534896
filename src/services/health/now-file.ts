import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { systemCodeOf } from '../../core/errors.js';
import { writeFileAtomic } from '../files/atomic.js';
import type { Health } from './health.js';

/** A line for each server: one write replaces it whole. */
const LINE_BYTES = 512;
const MOST_REASON = 240;

/** Last look at a server by the process that looks. */
export interface Seen {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly health: Health;
}

/** File in which the process that looks says what it sees, for the others. */
export class NowFile {
  private readonly lines = new Map<string, number>();
  private readonly unused: number[] = [];
  private readAt = 0;
  /** Of the one that writes. */
  private file: FileHandle | undefined;

  constructor(private readonly path: string) {}

  /** Begins anew, as the one that writes. */
  async begin(): Promise<void> {
    this.lines.clear();
    this.unused.length = 0;
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
    const line = this.lines.get(seen.id) ?? this.unused.pop() ?? this.lines.size;
    this.lines.set(seen.id, line);
    await this.put(line, JSON.stringify({ ...seen, health: shortened(seen.health) }));
  }

  async forget(id: string): Promise<void> {
    const line = this.lines.get(id);
    if (line === undefined) return;
    this.lines.delete(id);
    this.unused.push(line);
    await this.put(line, '');
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

  private async put(line: number, text: string): Promise<void> {
    const bytes = Buffer.alloc(LINE_BYTES, ' ');
    // A longer one would reach into the next line: it is left out.
    if (Buffer.byteLength(text) < LINE_BYTES) bytes.write(text);
    bytes.write('\n', LINE_BYTES - 1);
    await this.file?.write(bytes, 0, bytes.length, line * LINE_BYTES);
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
