import { messageOf } from '../../core/errors.js';
import type { Event } from '../../core/event.js';
import { DisposableStore } from '../../core/lifecycle.js';
import type { EventAccount, WatchEvent } from '../../core/watch-event.js';
import type { HealthChange } from '../../services/health/health.js';
import type { ServerHistory } from '../../services/health/history/history.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { Outlet } from '../../services/watching/outlets.js';
import { Outbox } from '../../services/watching/outbox.js';
import type {
  SeenPanel,
  WatchMemory,
  WatchMemoryFile,
} from '../../services/watching/watch-memory.js';
import { unaskedLine } from '../../words/accounts.js';
import type { AccountReader } from '../open-accounts.js';
import type { Services } from '../work.js';
import { DropletChanges, type DropletLook } from './droplets.js';
import { lateEvents, panelEvent } from './panels.js';

export interface WatchPorts extends Pick<Services, 'clock' | 'registry'> {
  readonly health: {
    readonly onChange: Event<HealthChange>;
    setServers(servers: readonly ServerEntry[]): void;
    history(serverId: string): Promise<ServerHistory>;
  };
  /** Undefined where there is no token. */
  readonly listDroplets: (signal: AbortSignal) => Promise<DropletLook | undefined>;
  /** Begins to read the accounts of servers' droplets, as they are known here by now. */
  readonly accountReader: () => AccountReader;
  readonly memory: Pick<WatchMemoryFile, 'read' | 'save' | 'close'>;
  readonly outlets: readonly Outlet[];
  /** Gets every event once this process knows it. */
  readonly tell: (event: WatchEvent) => void;
  /** Gets what could not be read, kept or handed over. */
  readonly warn: (message: string) => void;
}

/** Pause between two looks at the droplets, ms: one call for 200 of them. */
const DROPLETS_MS = 60_000;

/**
 * Tells changes of panels and droplets until the signal is aborted. What changed since the last watch that told the same
 * outlets is told first.
 */
export async function watchServers(ports: WatchPorts, signal: AbortSignal): Promise<void> {
  try {
    await new Watch(ports, await ports.memory.read(), signal).run();
  } finally {
    await ports.memory.close();
  }
}

class Watch {
  private readonly panels: Map<string, SeenPanel>;
  private readonly droplets: DropletChanges;
  private readonly outbox: Outbox;
  private readonly accounts = new Map<string, EventAccount | null>();
  private servers: ReadonlyMap<string, ServerEntry> = new Map();

  constructor(
    private readonly ports: WatchPorts,
    memory: WatchMemory,
    private readonly signal: AbortSignal,
  ) {
    this.panels = new Map(Object.entries(memory.panels));
    this.droplets = new DropletChanges(memory.droplets);
    const { clock, outlets, warn } = ports;
    const { waiting } = memory;
    const save = (): Promise<void> => this.save();
    this.outbox = new Outbox({ clock, outlets, waiting, save, onError: warn, signal });
  }

  async run(): Promise<void> {
    const { registry, health } = this.ports;
    const parts = new DisposableStore();
    /** A list that came before what is late was told. */
    let newer: readonly ServerEntry[] | undefined;
    let isBegun = false;
    parts.add(registry.watch());
    parts.add(
      registry.onChange((change) => {
        if (change.servers === undefined) this.ports.warn(messageOf(change.error));
        else {
          if (isBegun) this.take(change.servers);
          else newer = change.servers;
          void this.learn(change.servers);
        }
      }),
    );
    parts.add(health.onChange((change) => this.see(change)));
    try {
      const servers = await registry.list();
      await this.learn(servers);
      for (const server of servers) await this.tellLate(server);
      isBegun = true;
      this.take(newer ?? servers);
      await Promise.all([this.outbox.run(), this.lookAtDroplets()]);
    } finally {
      parts.dispose();
      await this.save();
    }
  }

  private take(servers: readonly ServerEntry[]): void {
    this.servers = new Map(servers.map((server) => [server.id, server]));
    for (const id of this.panels.keys()) if (!this.servers.has(id)) this.panels.delete(id);
    this.ports.health.setServers(servers);
  }

  /** Reads whose droplets they have; a server that was added by hand has none. */
  private async learn(servers: readonly ServerEntry[]): Promise<void> {
    const accountOf = this.ports.accountReader();
    for (const { id, providerId } of servers)
      if (providerId !== undefined) this.accounts.set(id, await accountOf(id).catch(() => null));
  }

  private async tellLate(server: ServerEntry): Promise<void> {
    const seen = this.panels.get(server.id);
    if (seen === undefined || this.signal.aborted) return;
    try {
      const history = await this.ports.health.history(server.id);
      for (const event of lateEvents(server, seen, history, this.accountOf(server.id))) {
        this.panels.set(server.id, { state: event.state, since: Date.parse(event.at) });
        this.tell(event);
      }
    } catch (error) {
      this.ports.warn(`The history of ${server.label} cannot be read: ${messageOf(error)}`);
    }
  }

  private see({ serverId, health }: HealthChange): void {
    const server = this.servers.get(serverId);
    if (server === undefined || health.state === 'checking') return;
    const event = panelEvent(server, this.panels.get(serverId), health, this.accountOf(serverId));
    if (event === undefined) return;
    this.panels.set(serverId, { state: health.state, since: health.since });
    this.tell(event);
  }

  private accountOf(serverId: string): EventAccount | null {
    return this.accounts.get(serverId) ?? null;
  }

  private async lookAtDroplets(): Promise<void> {
    const { clock, warn } = this.ports;
    let told: readonly string[] = [];
    // Each is told once until it passes.
    const complain = (messages: readonly string[]): void => {
      messages.filter((message) => !told.includes(message)).forEach(warn);
      told = messages;
    };
    while (!this.signal.aborted) {
      try {
        const found = await this.ports.listDroplets(this.signal);
        complain((found?.unasked ?? []).map(unaskedLine));
        if (found !== undefined)
          this.droplets
            .look(found, [...this.servers.values()], clock.now())
            .forEach((event) => this.tell(event));
      } catch (error) {
        if (this.signal.aborted) return;
        complain([`The droplets cannot be looked at: ${messageOf(error)}`]);
      }
      await clock.sleep(DROPLETS_MS, this.signal).catch(() => undefined);
    }
  }

  private tell(event: WatchEvent): void {
    this.ports.tell(event);
    // A state that is seen for the first time is no change.
    if (event.before !== null) this.outbox.add(event);
    void this.save();
  }

  private save(): Promise<void> {
    return this.ports.memory.save(() => ({
      panels: Object.fromEntries(this.panels),
      droplets: this.droplets.seen,
      waiting: this.outbox.waiting(),
    }));
  }
}
