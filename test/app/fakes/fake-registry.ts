import { Emitter } from '../../../src/core/event.js';
import {
  type Registry,
  RegistryError,
  type RegistrySnapshot,
  requireNew,
  requireUnusedLabel,
  type ServerEntry,
} from '../../../src/services/registry/registry.js';

/** servers.json in memory. */
export class FakeRegistry implements Registry {
  private readonly changed = new Emitter<RegistrySnapshot>();
  readonly path = '/home/ops/.portlama/servers.json';
  readonly onChange = this.changed.event;
  /** Rejects everything with this from now on. */
  failure: Error | undefined;

  constructor(private servers: readonly ServerEntry[] = []) {}

  async list(): Promise<readonly ServerEntry[]> {
    this.check();
    return this.servers;
  }

  async probe(): Promise<void> {
    this.check();
  }

  async save(entry: ServerEntry): Promise<void> {
    this.check();
    const others = this.servers.filter(({ id }) => id !== entry.id);
    this.servers = [
      ...(entry.active ? others.map((other) => ({ ...other, active: false })) : others),
      entry,
    ];
  }

  async add(entry: ServerEntry): Promise<void> {
    requireNew(this.servers, entry);
    await this.save(entry);
  }

  async setActive(id: string): Promise<void> {
    this.check();
    this.servers = this.servers.map((server) => ({ ...server, active: server.id === id }));
  }

  async change(id: string, change: Parameters<Registry['change']>[1]): Promise<ServerEntry> {
    this.check();
    const entry = this.servers.find((server) => server.id === id);
    if (entry === undefined)
      throw new RegistryError({ code: 'server-unknown', message: `There is no server ${id}.` });
    const changed = { ...entry, ...change };
    if (change.label !== undefined) requireUnusedLabel(this.servers, changed);
    this.servers = this.servers.map((server) => (server.id === id ? changed : server));
    return changed;
  }

  async remove(id: string): Promise<boolean> {
    this.check();
    const before = this.servers.length;
    this.servers = this.servers.filter((server) => server.id !== id);
    return this.servers.length < before;
  }

  watch(): { dispose(): void } {
    return { dispose: () => undefined };
  }

  /** Another program changed the file. */
  changeFromOutside(servers: readonly ServerEntry[]): void {
    this.servers = servers;
    this.changed.fire({ servers });
  }

  /** The backup is in its place. */
  restore(): void {
    this.failure = undefined;
  }

  private check(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}
