import type { OpenMetricsContentType } from 'prom-client';
import { METRIC_PREFIX } from '../../core/product.js';
import type { PanelState } from '../../core/watch-event.js';
import type { Metrics } from './metrics-server.js';

/** All that is measured at one moment. Labels of metrics are made of it: nothing secret. Times are epoch milliseconds. */
export interface Measured {
  readonly servers: readonly MeasuredServer[];
  readonly droplets: readonly MeasuredDroplet[];
  readonly tokens: readonly { readonly account: string; readonly notAfter: number }[];
}

export interface MeasuredServer {
  readonly id: string;
  readonly label: string;
  readonly region: string;
  /** Undefined before the first look. */
  readonly state: PanelState | undefined;
  readonly latencyMs: number | undefined;
  readonly version: string | undefined;
  readonly certificates: readonly {
    readonly kind: 'client' | 'panel';
    readonly notAfter: number;
  }[];
}

export interface MeasuredDroplet {
  readonly id: number;
  readonly name: string;
  readonly isRunning: boolean;
  /** Label of its server; empty for one in no list. */
  readonly server: string;
  readonly monthlyUsd: number | undefined;
}

const STATES: readonly PanelState[] = [
  'online',
  'offline',
  'certificate-needed',
  'certificate-changed',
];
const SERVER = ['server', 'server_id'] as const;

/** The gauges of docs/watching.md in the OpenMetrics format. */
export async function openMetrics(measure: () => Measured): Promise<Metrics> {
  const { Gauge, Registry } = await import('prom-client');
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Gauge({ name: `${METRIC_PREFIX}${name}`, help, labelNames, registers: [registry] });
  const up = gauge('panel_up', '1 when the panel answered the last look, 0 when not.', [
    ...SERVER,
    'region',
  ]);
  const state = gauge('panel_state', '1 for the state that the panel is in.', [...SERVER, 'state']);
  const latency = gauge('panel_latency_seconds', 'Latency of the last look.', SERVER);
  const info = gauge('panel_info', 'Version of the panel server.', [...SERVER, 'version']);
  const expiry = gauge(
    'certificate_expiry_timestamp_seconds',
    'End of the certificate: kind client opens the panel, kind panel is its own.',
    [...SERVER, 'kind'],
  );
  const token = gauge('token_expiry_timestamp_seconds', 'End of the API token.', ['account']);
  const DROPLET = ['droplet', 'droplet_id', 'server'] as const;
  const running = gauge('droplet_running', '1 when DigitalOcean calls it active.', DROPLET);
  const cost = gauge('droplet_cost_usd_per_month', 'Monthly price of the droplet.', DROPLET);

  return {
    contentType: registry.contentType,
    async text() {
      registry.resetMetrics();
      const { servers, droplets, tokens } = measure();
      for (const each of servers) {
        const named = { server: each.label, server_id: each.id };
        for (const { kind, notAfter } of each.certificates)
          expiry.set({ ...named, kind }, notAfter / 1_000);
        if (each.state === undefined) continue;
        // Give no value, not 0, for a panel that cannot be opened from here.
        if (each.state !== 'certificate-needed')
          up.set({ ...named, region: each.region }, each.state === 'online' ? 1 : 0);
        for (const one of STATES) state.set({ ...named, state: one }, one === each.state ? 1 : 0);
        if (each.latencyMs !== undefined) latency.set(named, each.latencyMs / 1_000);
        if (each.version !== undefined) info.set({ ...named, version: each.version }, 1);
      }
      for (const { id, name, server, isRunning, monthlyUsd } of droplets) {
        const named = { droplet: name, droplet_id: String(id), server };
        running.set(named, isRunning ? 1 : 0);
        if (monthlyUsd !== undefined) cost.set(named, monthlyUsd);
      }
      for (const { account, notAfter } of tokens) token.set({ account }, notAfter / 1_000);
      return await registry.metrics();
    },
  };
}
