import { z } from 'zod';
import { text } from '../panel-bodies.js';
import { type PanelCaller, pathTo, SLOW_MS } from './caller.js';

const PATH = '/api/tunnels';
const TUNNEL = z.object({
  id: z.string(),
  subdomain: z.string(),
  fqdn: text,
  port: z.number(),
  description: z.string().nullish().catch(undefined),
  type: text,
  accessMode: text,
  /** Tunnels of older panels have no such field, and are on. */
  enabled: z.boolean().catch(true),
  createdAt: text,
});
const TUNNELS = z.object({ tunnels: z.array(TUNNEL) });
const MADE = z.object({ tunnel: TUNNEL });

/** A name below the domain that leads to a port of an agent's machine. */
export type PanelTunnel = z.output<typeof TUNNEL>;

export interface NewTunnel {
  readonly subdomain: string;
  readonly port: number;
  readonly description?: string | undefined;
  /** Left out for the panel's own default. */
  readonly accessMode?: string | undefined;
}

export function tunnelCalls(caller: PanelCaller) {
  return {
    list: async (signal?: AbortSignal): Promise<readonly PanelTunnel[]> =>
      (await caller.read(TUNNELS, 'GET', PATH, { signal })).tunnels,
    /** Waits for a certificate, up to minutes: after `panel-timeout` the panel continues it. */
    add: async (wanted: NewTunnel, signal?: AbortSignal): Promise<PanelTunnel> =>
      (await caller.read(MADE, 'POST', PATH, { body: wanted, signal, timeoutMs: SLOW_MS })).tunnel,
    setEnabled: async (id: string, enabled: boolean, signal?: AbortSignal): Promise<void> => {
      const body = { enabled };
      await caller.send('PATCH', pathTo(PATH, id), { body, signal, timeoutMs: SLOW_MS });
    },
    remove: async (id: string, signal?: AbortSignal): Promise<void> => {
      await caller.send('DELETE', pathTo(PATH, id), { signal, timeoutMs: SLOW_MS });
    },
  };
}
