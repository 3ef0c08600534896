import { join } from 'node:path';
import type { Event } from '../../core/event.js';
import { messageOf, systemCodeOf } from '../../core/errors.js';
import { DisposableStore } from '../../core/lifecycle.js';
import { type Clock, nextTurn } from '../../core/time.js';
import { makePrivateFolder } from '../files/atomic.js';
import { type HeldLock, holdLockFile } from '../files/lock-file.js';
import type { ServerEntry } from '../registry/registry.js';
import type { HealthChange } from './health.js';
import type { HealthPoller } from './health-poller.js';
import { HistoryWriter, readHistory } from './history/history-file.js';
import { lookOf, type ServerHistory } from './history/history.js';
import { NowFile } from './now-file.js';

export interface SharedHealthOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly poller: HealthPoller;
  /** Gets what could not be kept or read. */
  readonly onError: (message: string) => void;
}

/** Pause between two reads of what another process saw, ms. */
const READ_MS = 2_000;
/** Reads between two tries to take the place of the process that looks. */
const READS_A_TRY = 5;
/** A process that cannot be seen from here and said nothing for so long, ms, is looked past. */
const SILENT_MS = 120_000;
/** From so many servers on, successes of two minutes share one write to a server's history; a kill loses those. */
const MANY_SERVERS = 100;
const SUCCESSES_A_WRITE = 4;

const NOT_SAVED = 'Health could not be saved';

/** `keeps`: this process looks and writes. `reads`: another one does. `alone`: looks, but cannot keep anything. */
type Role = 'keeps' | 'reads' | 'alone';

/**
 * Health for any number of programs on one home folder: one of them looks at the panels and keeps the history, the
 * others read what it saw. When it ends, another takes its place within seconds.
 */
export class SharedHealth {
  private readonly parts = new DisposableStore();
  private readonly stop = new AbortController();
  private readonly now: NowFile;
  private readonly writers = new Map<string, HistoryWriter>();
  private readonly seenAt = new Map<string, number>();
  private readonly complain: ReturnType<typeof once>;
  private role: Role | undefined;
  private lock: HeldLock | undefined;
  private work: Promise<void> = Promise.resolve();
  readonly onChange: Event<HealthChange>;

  constructor(private readonly options: SharedHealthOptions) {
    const { poller, home, onError } = options;
    this.now = new NowFile(join(home, 'health', 'now'));
    this.complain = once(onError);
    this.onChange = poller.onChange;
    this.parts.add(poller.onChange((change) => this.keep(change)));
    poller.setPaused(true);
  }

  setServers(servers: readonly ServerEntry[]): void {
    this.options.poller.setServers(servers);
    const ids = new Set(servers.map(({ id }) => id));
    for (const id of this.writers.keys()) if (!ids.has(id)) this.forget(id);
    // Write nothing for an empty list.
    if (servers.length > 0 && this.role === undefined) this.begin();
  }

  refresh(serverId?: string): void {
    this.options.poller.refresh(serverId);
  }

  async history(serverId: string): Promise<ServerHistory> {
    await this.writers
      .get(serverId)
      ?.flush()
      .catch(() => undefined);
    return await readHistory(this.options.home, serverId, this.options.clock.now());
  }

  /** Resolves when everything is written, and another process may take over. */
  async close(): Promise<void> {
    this.stop.abort();
    this.parts.dispose();
    for (const writer of this.writers.values()) this.follow([writer.flush()]);
    await this.work;
    await this.now.close().catch(() => undefined);
    await this.release();
  }

  private async release(): Promise<void> {
    const { lock } = this;
    this.lock = undefined;
    await lock?.release().catch(() => undefined);
  }

  private begin(): void {
    this.role = 'reads';
    this.work = this.watch().catch(() => undefined);
  }

  private async watch(): Promise<void> {
    const { clock } = this.options;
    await nextTurn();
    for (let reads = 0; !this.stop.signal.aborted; reads++) {
      if (reads % READS_A_TRY === 0) await this.tryToKeep();
      if (this.role === 'keeps') return;
      if (this.role === 'reads') await this.readOthers();
      await clock.sleep(READ_MS, this.stop.signal);
    }
  }

  private async tryToKeep(): Promise<void> {
    const { home, clock, poller } = this.options;
    try {
      for (const path of [home, join(home, 'health')]) await makePrivateFolder(path);
      const held = await holdLockFile(join(home, 'health', 'lock'), clock);
      if ('release' in held) {
        this.lock = held;
        await this.now.begin();
        this.role = 'keeps';
      } else {
        const silentMs = clock.now() - ((await this.now.writtenAt()) ?? 0);
        this.role = held.sight !== 'unknown' || silentMs < SILENT_MS ? 'reads' : 'alone';
      }
    } catch (error) {
      // A holder would find itself at the next try, and read a file that it does not write.
      await this.release();
      this.complain(NOT_SAVED, error);
      this.role = 'alone';
    }
    poller.setPaused(this.role === 'reads');
  }

  private async readOthers(): Promise<void> {
    try {
      for (const { id, at, health } of (await this.now.readNew()) ?? []) {
        if (this.seenAt.get(id) === at) continue;
        this.seenAt.set(id, at);
        this.options.poller.note(id, health);
      }
    } catch (error) {
      this.complain('The results of another program could not be read', error);
    }
  }

  private keep({ serverId, health }: HealthChange): void {
    if (this.role !== 'keeps' || health.state === 'checking') return;
    const at = this.options.clock.now();
    const work = [this.now.write({ id: serverId, at, health })];
    // Without the certificate the health is unknown: that is time not watched.
    const look = lookOf(health, at);
    if (look !== undefined) {
      const writer = this.writers.get(serverId) ?? new HistoryWriter(this.options.home, serverId);
      this.writers.set(serverId, writer);
      const isCrowd = this.writers.size >= MANY_SERVERS;
      work.push(writer.add(look, isCrowd ? SUCCESSES_A_WRITE : 1));
    }
    this.follow(work);
  }

  private forget(id: string): void {
    this.writers.delete(id);
    if (this.role === 'keeps') this.follow([this.now.forget(id)]);
  }

  private follow(work: readonly Promise<void>[]): void {
    const done = Promise.all([this.work, ...work]);
    this.work = done.then(
      () => undefined,
      (error: unknown) => this.complain(NOT_SAVED, error),
    );
  }
}

/** Tells each cause once: a disk stays full for more than one look, and each names another temporary file. */
function once(tell: (message: string) => void): (what: string, error: unknown) => void {
  const told = new Set<string>();
  return (what, error) => {
    const cause = `${what}: ${systemCodeOf(error) ?? messageOf(error)}`;
    if (told.has(cause)) return;
    told.add(cause);
    tell(`${what}: ${messageOf(error)}`);
  };
}
