import type { Disposable } from '../../core/lifecycle.js';
import type { Droplet } from '../../services/digitalocean/api.js';
import type { Health } from '../../services/health/health.js';
import { standsFor } from '../../services/provisioning/droplets/unlisted.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { Measured, MeasuredServer } from '../../services/watching/open-metrics.js';
import type { Services } from '../work.js';
import type { DropletLook } from './droplets.js';
import type { WatchPorts } from './watch-servers.js';

/** Pause between two looks at certificates and tokens, ms. */
const EXPIRY_MS = 3_600_000;

type Ports = Pick<Services, 'panels' | 'clock'> & Pick<WatchPorts, 'health' | 'registry'>;

/** Keeps the latest of all that `watch --metrics` serves. */
export class Measurements {
  private servers: readonly ServerEntry[] = [];
  private droplets: readonly Droplet[] = [];
  private tokens: Measured['tokens'] = [];
  private readonly healths = new Map<string, Health>();
  private readonly certificates = new Map<string, MeasuredServer['certificates']>();
  private readonly parts: readonly Disposable[];

  constructor(private readonly ports: Ports) {
    const { health, registry } = ports;
    this.parts = [
      health.onChange((change) => this.healths.set(change.serverId, change.health)),
      registry.onChange(({ servers }) => {
        if (servers !== undefined) void this.take(servers);
      }),
    ];
  }

  /** Reads certificates and tokens over and over until the signal is aborted; `tokens` resolves to their ends. */
  async run(tokens: () => Promise<Measured['tokens']>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.certificates.clear();
      // Unreadable facts have no value; the reason is told of the panel and the droplets.
      await this.take(await this.ports.registry.list().catch(() => this.servers));
      this.tokens = await tokens().catch(() => []);
      await this.ports.clock.sleep(EXPIRY_MS, signal).catch(() => undefined);
    }
  }

  /** Keeps those of accounts that could not be asked. */
  takeDroplets(look: DropletLook | undefined): void {
    const names = new Set(look?.unasked.map(({ name }) => name));
    const kept = this.droplets.filter(({ account }) => account !== undefined && names.has(account));
    this.droplets = [...(look?.droplets ?? []), ...kept];
  }

  measure(): Measured {
    return {
      servers: this.servers.map((server) => this.measureServer(server)),
      droplets: this.droplets.map((droplet) => ({
        id: droplet.id,
        name: droplet.name,
        isRunning: droplet.status === 'active',
        server: this.servers.find((server) => standsFor(server, droplet))?.label ?? '',
        monthlyUsd: droplet.priceMonthlyUsd,
      })),
      tokens: this.tokens,
    };
  }

  dispose(): void {
    for (const part of this.parts) part.dispose();
  }

  private async take(servers: readonly ServerEntry[]): Promise<void> {
    this.servers = servers;
    const ids = new Set(servers.map(({ id }) => id));
    for (const id of this.healths.keys()) if (!ids.has(id)) this.healths.delete(id);
    for (const server of servers)
      if (!this.certificates.has(server.id))
        this.certificates.set(server.id, await this.readCertificates(server));
  }

  private async readCertificates(server: ServerEntry): Promise<MeasuredServer['certificates']> {
    const { panels } = this.ports;
    const nothing = (): undefined => undefined;
    const client = await panels.readClientCertificate(server).catch(nothing);
    const panel = await panels.pinned(server).catch(nothing);
    return [
      ...(client === undefined ? [] : [{ kind: 'client' as const, notAfter: client.notAfter }]),
      ...(panel === undefined ? [] : [{ kind: 'panel' as const, notAfter: panel.notAfter }]),
    ];
  }

  private measureServer({ id, label, region = '' }: ServerEntry): MeasuredServer {
    const health = this.healths.get(id);
    const isOnline = health?.state === 'online';
    return {
      id,
      label,
      region,
      state: health === undefined || health.state === 'checking' ? undefined : health.state,
      latencyMs: isOnline ? health.latencyMs : undefined,
      version: isOnline ? health.version : undefined,
      certificates: this.certificates.get(id) ?? [],
    };
  }
}
