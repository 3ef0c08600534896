import { Emitter, type Event } from '../../core/event.js';
import { messageOf } from '../../core/errors.js';
import { type Disposable, MutableDisposable, toDisposable } from '../../core/lifecycle.js';
import type { Clock } from '../../core/time.js';
import type { ServerEntry } from '../registry/registry.js';
import type { CheckResult, Health, HealthChange, HealthCheck } from './health.js';

export interface HealthPollerOptions {
  readonly clock: Clock;
  readonly check: HealthCheck;
  /** Called when a server is no longer polled, or polled anew with another address or certificate. */
  readonly onForget?: ((serverId: string) => void) | undefined;
  /** End of the admin certificate of a server that was looked at, epoch milliseconds. */
  readonly certificateEnd?: ((serverId: string) => number | undefined) | undefined;
  readonly intervalMs?: number | undefined;
  /** From 0 up to 1. */
  readonly random?: (() => number) | undefined;
}

const INTERVAL_MS = 30_000;
/** Share of the interval by which a check comes earlier or later, so that they do not come in bursts. */
const JITTER = 0.1;
const MAX_RUNNING = 32;
/** Servers that were offline when last seen may wait for their time-outs in these places only. */
const MAX_SUSPECTS_RUNNING = 24;

interface Watched {
  server: ServerEntry;
  health: Health;
  /** Monotonic clock. */
  dueAt: number;
  /** A person asked for the next check, perhaps during the last one. */
  fresh: boolean;
  readonly samples: SampleRing;
}

interface Running {
  readonly stop: AbortController;
  readonly isSuspect: boolean;
}

/**
 * Looks at every server's panel again and again: at most 32 at a time, never twice at one, each in its own time.
 * `onChange` fires after every look, and for a server that is new.
 */
export class HealthPoller implements Disposable {
  private readonly options: HealthPollerOptions;
  private readonly changed = new Emitter<HealthChange>();
  readonly onChange: Event<HealthChange> = this.changed.event;
  private readonly watched = new Map<string, Watched>();
  private readonly running = new Map<string, Running>();
  /** Watched servers that do not run, except those that the other process looks at while this one is paused. */
  private readonly waiting = { others: new DueQueue(), suspects: new DueQueue() };
  private readonly nextWake = new MutableDisposable();
  /** Monotonic clock. */
  private wakesAt = Number.POSITIVE_INFINITY;
  /** Another process looks: only what a person asks for is looked at here. */
  private paused = false;
  private disposed = false;

  constructor(options: HealthPollerOptions) {
    this.options = options;
  }

  /** Undefined for a server that is not in the list. */
  healthOf(serverId: string): Health | undefined {
    return this.watched.get(serverId)?.health;
  }

  /** The servers to look at from now on. One whose address or certificate changed starts anew. */
  setServers(servers: readonly ServerEntry[]): void {
    if (this.disposed) return;
    const ids = new Set(servers.map((server) => server.id));
    for (const id of this.watched.keys()) {
      if (!ids.has(id)) this.forget(id);
    }
    for (const server of servers) {
      const before = this.watched.get(server.id);
      if (before !== undefined && targetOf(before.server) === targetOf(server)) {
        before.server = server;
      } else {
        this.forget(server.id);
        this.add(server);
      }
    }
    this.pump();
  }

  /** Looks now, at one server or at all. A look that is under way may be older than what is asked: one more follows. */
  refresh(serverId?: string): void {
    const chosen = serverId === undefined ? [...this.watched.keys()] : [serverId];
    for (const id of chosen) {
      const watched = this.watched.get(id);
      if (watched === undefined) continue;
      this.dequeue(watched);
      watched.dueAt = Math.min(watched.dueAt, this.options.clock.monotonic());
      watched.fresh = true;
      this.enqueue(watched);
    }
    this.pump();
  }

  /** While paused it looks only when asked to, and takes what another process saw by `note`. */
  setPaused(paused: boolean): void {
    if (paused === this.paused) return;
    this.paused = paused;
    for (const watched of this.watched.values()) {
      this.dequeue(watched);
      this.enqueue(watched);
    }
    this.pump();
  }

  /** Takes what another process saw. */
  note(serverId: string, health: Health): void {
    const watched = this.watched.get(serverId);
    if (watched === undefined || health.state === 'checking') return;
    this.dequeue(watched);
    watched.health = health;
    this.enqueue(watched);
    this.tell(watched);
  }

  dispose(): void {
    this.disposed = true;
    this.nextWake.dispose();
    for (const { stop } of this.running.values()) stop.abort();
    this.watched.clear();
    this.changed.dispose();
  }

  private add(server: ServerEntry): void {
    const dueAt = this.options.clock.monotonic();
    const health: Health = { state: 'checking' };
    const samples = new SampleRing();
    const watched: Watched = { server, health, dueAt, fresh: false, samples };
    this.watched.set(server.id, watched);
    this.enqueue(watched);
    this.changed.fire({ serverId: server.id, health, samples: [] });
  }

  private forget(id: string): void {
    const watched = this.watched.get(id);
    if (watched === undefined) return;
    this.watched.delete(id);
    this.dequeue(watched);
    // Keep it among the running until it has ended: never run two checks of one server.
    this.running.get(id)?.stop.abort();
    this.options.onForget?.(id);
  }

  private enqueue(watched: Watched): void {
    const isLeftOut = this.paused && !watched.fresh;
    if (!isLeftOut && !this.running.has(watched.server.id)) this.queueOf(watched).add(watched);
  }

  /** To be called before what its place follows from changes. */
  private dequeue(watched: Watched): void {
    this.queueOf(watched).remove(watched);
  }

  private queueOf(watched: Watched): DueQueue {
    return isSuspect(watched) ? this.waiting.suspects : this.waiting.others;
  }

  /** Starts what is due and has a place, and wakes up again when the next one is due. */
  private pump(): void {
    if (this.disposed) return;
    const now = this.options.clock.monotonic();
    let next = this.next();
    for (; next !== undefined && next.dueAt <= now; next = this.next()) {
      this.dequeue(next);
      void this.run(next);
    }
    this.wakeAt(next?.dueAt ?? Number.POSITIVE_INFINITY);
  }

  /** The one to look at next; undefined while none has a place, which the next look that ends makes. */
  private next(): Watched | undefined {
    if (this.running.size >= MAX_RUNNING) return undefined;
    const other = this.waiting.others.first;
    const suspect = this.waiting.suspects.first;
    if (suspect === undefined || (other !== undefined && other.dueAt <= suspect.dueAt))
      return other;
    const suspects = [...this.running.values()].filter((each) => each.isSuspect).length;
    return suspects < MAX_SUSPECTS_RUNNING ? suspect : other;
  }

  private wakeAt(at: number): void {
    if (at === this.wakesAt) return;
    this.wakesAt = at;
    const stop = new AbortController();
    let isOver = false;
    this.nextWake.value = toDisposable(() => {
      if (!isOver) stop.abort();
    });
    if (!Number.isFinite(at)) return;
    const { clock } = this.options;
    clock.sleep(at - clock.monotonic(), stop.signal).then(
      () => {
        // Aborting a sleep that is over makes an error for no reader.
        isOver = true;
        this.wakesAt = Number.POSITIVE_INFINITY;
        this.pump();
      },
      () => {
        // Another wake-up took its place.
      },
    );
  }

  private async run(watched: Watched): Promise<void> {
    const { server, fresh } = watched;
    const stop = new AbortController();
    watched.fresh = false;
    this.running.set(server.id, { stop, isSuspect: isSuspect(watched) });
    const result = await this.check(server, fresh, stop.signal);
    this.running.delete(server.id);
    if (this.disposed) return;
    const present = this.watched.get(server.id);
    if (present === watched && result !== undefined) this.record(watched, result);
    if (present !== undefined) this.enqueue(present);
    this.pump();
  }

  /** Undefined when it was stopped. */
  private async check(
    server: ServerEntry,
    fresh: boolean,
    signal: AbortSignal,
  ): Promise<CheckResult | undefined> {
    try {
      return await this.options.check(server, { signal, fresh });
    } catch (error) {
      if (signal.aborted) return undefined;
      return { state: 'offline', code: 'check-failed', reason: messageOf(error) };
    }
  }

  private record(watched: Watched, result: CheckResult): void {
    const { clock, intervalMs = INTERVAL_MS, random = Math.random } = this.options;
    const now = clock.monotonic();
    const { health: before } = watched;
    const since = 'since' in before && before.state === result.state ? before.since : clock.now();
    const certificateEndsAt = this.options.certificateEnd?.(watched.server.id);
    const known = certificateEndsAt === undefined ? {} : { certificateEndsAt };
    watched.health = { ...result, ...known, since };
    const wait = watched.fresh ? 0 : intervalMs * (1 - JITTER + 2 * JITTER * random());
    watched.dueAt = now + wait;
    this.tell(watched);
  }

  private tell({ health, samples, server }: Watched): void {
    const latencyMs = health.state === 'online' ? health.latencyMs : undefined;
    samples.add(this.options.clock.monotonic(), latencyMs);
    this.changed.fire({ serverId: server.id, health, samples: samples.values() });
  }
}

function isSuspect({ health }: Watched): boolean {
  return health.state === 'offline';
}

/** Key of all fields a check depends on. */
function targetOf({ panelUrl, authMethod, p12Path }: ServerEntry): string {
  return JSON.stringify([panelUrl, authMethod, p12Path]);
}

/** Servers in the order in which they are due. A look costs the same among a thousand as among ten. */
class DueQueue {
  private readonly waiting: Watched[] = [];

  get first(): Watched | undefined {
    return this.waiting[0];
  }

  add(watched: Watched): void {
    this.waiting.splice(this.placeAfter(watched.dueAt), 0, watched);
  }

  remove(watched: Watched): void {
    const at = this.waiting.indexOf(watched);
    if (at === 0) this.waiting.shift();
    else if (at > 0) this.waiting.splice(at, 1);
  }

  private placeAfter(dueAt: number): number {
    let [from, to] = [0, this.waiting.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.waiting[middle]!.dueAt <= dueAt) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

const KEPT_MS = 600_000;
/** Refreshing by hand must not let it grow without end. */
const MAX_SAMPLES = 240;

/** Latencies of the last 10 minutes. */
class SampleRing {
  private samples: { readonly at: number; readonly latencyMs: number | undefined }[] = [];

  /** `at` is of the monotonic clock, and never smaller than before. */
  add(at: number, latencyMs: number | undefined): void {
    const kept = this.samples.filter((sample) => sample.at > at - KEPT_MS);
    this.samples = [...kept.slice(1 - MAX_SAMPLES), { at, latencyMs }];
  }

  /** Oldest first; undefined where a check failed. */
  values(): readonly (number | undefined)[] {
    return this.samples.map((sample) => sample.latencyMs);
  }
}
