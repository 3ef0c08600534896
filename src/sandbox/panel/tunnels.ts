import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { pause } from '../delays.js';
import type { OnboardingState } from './onboarding.js';
import type { PublicCertificates } from './public-certificates.js';
import { ok, read, Refusal, type Route } from './route.js';
import type { PanelSite } from './site.js';

const RESERVED = new Set(['panel', 'auth', 'tunnel', 'www', 'mail', 'ftp', 'api']);
const TUNNEL = z.object({
  subdomain: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'Invalid subdomain'),
  port: z.int().min(1024).max(65_535),
  description: z.string().max(200).optional(),
  type: z.enum(['app', 'panel', 'plugin']).default('app'),
  accessMode: z.enum(['restricted', 'authenticated', 'public']).default('restricted'),
});
const CHANGE = z.object({ enabled: z.boolean() });

interface Tunnel extends z.output<typeof TUNNEL> {
  readonly id: string;
  readonly fqdn: string;
  enabled: boolean;
  readonly createdAt: string;
}

/** Tunnels; each waits for a certificate of its own. */
export function tunnelRoutes(
  { clock, delays, lifetime }: PanelSite,
  state: OnboardingState,
  certificates: PublicCertificates,
): readonly Route[] {
  const tunnels = new Map<string, Tunnel>();
  const requireTunnel = (id = ''): Tunnel => {
    const tunnel = tunnels.get(id);
    if (tunnel === undefined) throw new Refusal(404, 'Tunnel not found');
    return tunnel;
  };
  const issue = async (fqdn: string): Promise<void> => {
    await pause(clock, delays.certificateMs, lifetime);
    try {
      certificates.issue(fqdn);
      certificates.load();
    } catch (error) {
      throw new Refusal(500, 'Failed to create tunnel', {
        details: `Certificate issuance failed: ${(error as Error).message}`,
      });
    }
  };
  const writes = { gate: 'management', needs: 'tunnels:write' } as const;
  return [
    {
      method: 'GET',
      path: '/api/tunnels',
      gate: 'management',
      needs: 'tunnels:read',
      // Newest first.
      handle: () => ok({ tunnels: [...tunnels.values()].toReversed() }),
    },
    {
      method: 'POST',
      path: '/api/tunnels',
      ...writes,
      handle: async ({ body }) => {
        const wanted = read(TUNNEL, body);
        const { subdomain, port } = wanted;
        const others = [...tunnels.values()];
        if (RESERVED.has(subdomain) || subdomain.startsWith('agent-'))
          throw new Refusal(400, `Subdomain '${subdomain}' is reserved`);
        if (others.some((tunnel) => tunnel.subdomain === subdomain))
          throw new Refusal(400, `Subdomain '${subdomain}' is already in use`);
        if (others.some((tunnel) => tunnel.port === port))
          throw new Refusal(400, `Port ${port} is already in use by another tunnel`);
        const fqdn = `${subdomain}.${state.domain}`;
        await issue(fqdn);
        const createdAt = new Date(clock.now()).toISOString();
        const tunnel = { id: randomUUID(), fqdn, enabled: true, createdAt, ...wanted };
        tunnels.set(tunnel.id, tunnel);
        return ok({ ok: true, tunnel }, 201);
      },
    },
    {
      method: 'PATCH',
      path: '/api/tunnels/:id',
      ...writes,
      handle: ({ params, body }) => {
        const tunnel = requireTunnel(params['id']);
        tunnel.enabled = read(CHANGE, body).enabled;
        return ok({ ok: true, tunnel });
      },
    },
    {
      method: 'DELETE',
      path: '/api/tunnels/:id',
      ...writes,
      handle: ({ params }) => {
        tunnels.delete(requireTunnel(params['id']).id);
        return ok({ ok: true });
      },
    },
  ];
}
