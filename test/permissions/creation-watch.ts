import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readdirSync, type Stats, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished } from 'vitest';

const INOTIFYWAIT = '/usr/bin/inotifywait';
const LATER_MS = [20, 100, 500];

/** Something that came to be below the folder, as it was when it was first looked at. */
export interface Creation {
  /** Below the folder that is watched. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'socket' | 'other';
  /** Permission bits; `0600` is 0o600. */
  readonly mode: number;
}

/**
 * Looks at everything the moment it is created below a folder, through inotify. What was made with the wrong mode
 * and set right afterwards is caught by the event of that change, however fast it was.
 */
export class CreationWatch {
  readonly creations: Creation[] = [];
  /** Files and folders whose mode, owner or times were changed after they were made. */
  readonly changes: string[] = [];
  private readonly seen = new Set<string>();
  private readonly inotify: ChildProcess;

  private constructor(private readonly folder: string) {
    const events = ['-e', 'create', '-e', 'moved_to', '-e', 'attrib'];
    this.inotify = spawn(
      INOTIFYWAIT,
      ['--monitor', '--recursive', '--quiet', ...events, '--format', '%e|%w|%f', folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    createInterface({ input: this.inotify.stdout! }).on('line', (line) => this.handleLine(line));
  }

  static async start(folder: string): Promise<CreationWatch> {
    const watch = new CreationWatch(folder);
    onTestFinished(() => watch.stop());
    await watch.catchUp();
    return watch;
  }

  /** Resolves when everything that happened so far was seen. */
  async catchUp(): Promise<void> {
    // Events come in order: once a new file is seen, all before it was.
    for (let count = 0; ; count++) {
      const name = `.watched-${count}-${this.seen.size}`;
      writeFileSync(join(this.folder, name), '', { mode: 0o600 });
      const isSeen = await expect
        .poll(() => this.seen.has(name), { timeout: 1_000, interval: 5 })
        .toBe(true)
        .then(
          () => true,
          () => false,
        );
      if (isSeen) return;
      if (count === 20) throw new Error('inotifywait reports nothing');
    }
  }

  async stop(): Promise<void> {
    if (this.inotify.exitCode !== null || this.inotify.signalCode !== null) return;
    const ended = once(this.inotify, 'exit');
    this.inotify.kill();
    await ended;
  }

  private handleLine(line: string): void {
    const [events = '', folder = '', name = ''] = line.split('|');
    // A folder's own events are seen through the folder above it.
    if (name === '') return;
    const path = join(folder, name);
    if (events.includes('ATTRIB')) this.changes.push(relative(this.folder, path));
    else this.look(path);
  }

  private look(path: string): void {
    const shown = relative(this.folder, path);
    this.seen.add(shown);
    const stats = statsOf(path);
    // Gone already; had its mode been changed in its short life, that was seen.
    if (stats === undefined) return;
    this.creations.push({ path: shown, kind: kindOf(stats), mode: stats.mode & 0o7777 });
    if (!stats.isDirectory()) return;
    // It gets a watch of its own only now, on a busy machine a while later: what it gets before that has no event.
    this.lookInto(path);
    for (const ms of LATER_MS) setTimeout(() => this.lookInto(path), ms).unref();
  }

  private lookInto(folder: string): void {
    for (const name of namesIn(folder)) {
      const path = join(folder, name);
      if (!this.seen.has(relative(this.folder, path))) this.look(path);
    }
  }
}

/** What is open to others, as `0644 servers.json`. */
export function notPrivate(creations: readonly Creation[]): string[] {
  return creations
    .filter(({ kind, mode }) => mode !== (kind === 'folder' ? 0o700 : 0o600) || kind === 'other')
    .map(({ path, mode }) => `${mode.toString(8).padStart(4, '0')} ${path}`);
}

/** Everything that is there now. */
export function everythingBelow(folder: string): Creation[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => {
    const stats = lstatSync(join(folder, path));
    return { path, kind: kindOf(stats), mode: stats.mode & 0o7777 };
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Gone already.
    return [];
  }
}

function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function kindOf(stats: Stats): Creation['kind'] {
  if (stats.isDirectory()) return 'folder';
  if (stats.isSocket()) return 'socket';
  return stats.isFile() ? 'file' : 'other';
}
