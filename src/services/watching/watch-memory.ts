import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { messageOf } from '../../core/errors.js';
import type { Clock } from '../../core/time.js';
import type { DropletState, PanelState, WatchEvent } from '../../core/watch-event.js';
import { makePrivateFolder, writeFileAtomic } from '../files/atomic.js';
import { decodeText } from '../files/decode.js';
import { type HeldLock, holdLockFile } from '../files/lock-file.js';
import { readPrivateFile } from '../files/private-file.js';

/** Changes that a watch has told so far, so that the next one tells what changed since. Holds no secret. */
export interface WatchMemory {
  /** Last state told of each server's panel; `since` in epoch milliseconds. */
  readonly panels: Readonly<Record<string, SeenPanel>>;
  /** Last state told of each droplet; undefined before the first look. */
  readonly droplets: Readonly<Record<string, SeenDroplet>> | undefined;
  /** Events that an outlet has not taken yet, oldest first, by the outlet's name. */
  readonly waiting: Readonly<Record<string, readonly WatchEvent[]>>;
}

export interface SeenPanel {
  readonly state: PanelState;
  readonly since: number;
}

export interface SeenDroplet {
  readonly name: string;
  readonly region: string;
  readonly address: string | null;
  readonly state: DropletState;
  /** Name of its account, where there were several. */
  readonly account?: string | undefined;
}

export const NOTHING_SEEN: WatchMemory = { panels: {}, droplets: undefined, waiting: {} };

/**
 * File of a watch; one that tells others, or the same ones at the same time, has another file, so that none takes away
 * what the other has not told.
 */
export class WatchMemoryFile {
  /** Without its ending. */
  private path: string;
  private lock: HeldLock | undefined;
  private write: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(
    home: string,
    outlets: readonly string[],
    private readonly clock: Clock,
    private readonly onError: (message: string) => void,
  ) {
    const name = createHash('sha256').update(JSON.stringify(outlets)).digest('hex').slice(0, 12);
    this.path = join(home, 'health', `watch-${name}`);
  }

  /** Takes the first file that no running watch has. Empty where there is none, or one that cannot be understood. */
  async read(): Promise<WatchMemory> {
    try {
      // A failure to lock also fails the write, which reports it.
      await this.take().catch(() => undefined);
      const content = await readPrivateFile(this.file);
      if (content === undefined) return NOTHING_SEEN;
      const { panels, droplets, waiting } = JSON.parse(decodeText(content)) as WatchMemory;
      return { panels: panels ?? {}, droplets, waiting: waiting ?? {} };
    } catch (error) {
      this.onError(`What was told before is not known: ${messageOf(error)}`);
      return NOTHING_SEEN;
    }
  }

  /** Resolves once what `content` gives is on the disk, or could not be kept. Calls meanwhile share the next write. */
  save(content: () => WatchMemory): Promise<void> {
    this.next ??= this.write.then(async () => {
      this.next = undefined;
      try {
        await this.makeFolders();
        await writeFileAtomic(this.file, JSON.stringify(content()));
      } catch (error) {
        this.onError(`What was told is not kept for the next start: ${messageOf(error)}`);
      }
    });
    this.write = this.next;
    return this.next;
  }

  /** Leaves the file to the next watch. */
  async close(): Promise<void> {
    await this.lock?.release().catch(() => undefined);
    this.lock = undefined;
  }

  private get file(): string {
    return `${this.path}.json`;
  }

  private async take(): Promise<void> {
    await this.makeFolders();
    for (let number = 1; this.lock === undefined; number++) {
      const path = number === 1 ? this.path : `${this.path}-${number}`;
      const held = await holdLockFile(`${path}.lock`, this.clock);
      if ('release' in held) [this.path, this.lock] = [path, held];
    }
  }

  private async makeFolders(): Promise<void> {
    for (const folder of [dirname(dirname(this.path)), dirname(this.path)])
      await makePrivateFolder(folder);
  }
}
