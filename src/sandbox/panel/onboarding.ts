import { z } from 'zod';
import { DNS_PROBE } from '../../core/product.js';
import type { NameAnswer } from '../world/names.js';
import type { ProvisionRun } from './provision-run.js';
import { ok, read, Refusal, type Route } from './route.js';
import type { PanelSite } from './site.js';

export type OnboardingStatus = 'FRESH' | 'DOMAIN_SET' | 'DNS_READY' | 'PROVISIONING' | 'COMPLETED';

/** Fields of panel.json. */
export interface OnboardingState {
  status: OnboardingStatus;
  domain: string | null;
  email: string | null;
}

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z]{0,61}[a-z])$/i;
const DOMAIN_BODY = z.object({
  domain: z.string().regex(DOMAIN, 'Invalid'),
  email: z.string().regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'Invalid email'),
});

export function onboardingRoutes(
  site: PanelSite,
  state: OnboardingState,
  run: ProvisionRun,
  start: (domain: string) => void,
): readonly Route[] {
  const at = '/api/onboarding';
  return [
    {
      method: 'GET',
      path: `${at}/status`,
      gate: 'always',
      handle: () => ok({ status: state.status, domain: state.domain, ip: site.address }),
    },
    {
      method: 'POST',
      path: `${at}/domain`,
      gate: 'onboarding',
      handle: ({ body }) => {
        const { domain, email } = read(DOMAIN_BODY, body);
        if (state.status !== 'FRESH' && state.status !== 'DOMAIN_SET') {
          throw new Refusal(409, 'Cannot change domain in current state', {
            onboardingStatus: state.status,
          });
        }
        Object.assign(state, { status: 'DOMAIN_SET', domain, email });
        return ok({ ok: true, domain, email });
      },
    },
    {
      method: 'POST',
      path: `${at}/verify-dns`,
      gate: 'onboarding',
      handle: () => {
        const { status, domain } = state;
        if (domain === null || status === 'FRESH' || status === 'PROVISIONING') {
          throw new Refusal(409, 'Domain must be set before DNS verification', {
            onboardingStatus: status,
          });
        }
        const report = lookUp(site, domain);
        if (report.ok) state.status = 'DNS_READY';
        return ok(report);
      },
    },
    {
      method: 'POST',
      path: `${at}/provision`,
      gate: 'onboarding',
      handle: () => {
        if (state.status === 'FRESH' || state.status === 'DOMAIN_SET')
          throw new Refusal(409, 'DNS must be verified before provisioning');
        if (run.isRunning) throw new Refusal(409, 'Provisioning already in progress');
        state.status = 'PROVISIONING';
        start(state.domain ?? '');
        return ok({ ok: true, message: 'Provisioning started' }, 202);
      },
    },
    {
      method: 'GET',
      path: `${at}/provision/stream`,
      gate: 'onboarding',
      stream: (socket) => {
        socket.send(JSON.stringify(run.state));
        const listening = run.onMessage((message) => socket.send(JSON.stringify(message)));
        socket.on('close', () => listening.dispose());
      },
    },
  ];
}

function lookUp({ names, address }: PanelSite, domain: string) {
  const resolvedIps = addressesOf(names.find(domain));
  const wildcardResolvedIps = addressesOf(names.find(`${DNS_PROBE}.${domain}`));
  const isOk = resolvedIps.includes(address);
  const wildcardOk = wildcardResolvedIps.includes(address);
  return {
    ok: isOk,
    domain,
    resolvedIps,
    expectedIp: address,
    wildcardOk,
    wildcardResolvedIps,
    message: isOk ? successText(wildcardOk) : problemText(domain, resolvedIps, address),
  };
}

/** A resolver's failure is the panel's own (contract: verify-dns); no answer counts as no record. */
function addressesOf(answer: NameAnswer): readonly string[] {
  if (answer === 'silent') return [];
  if (typeof answer === 'string') throw new Refusal(500, 'Internal server error');
  return answer;
}

function successText(wildcardOk: boolean): string {
  return wildcardOk
    ? 'DNS is correctly configured. Both base domain and wildcard resolve to your server.'
    : 'Base domain resolves correctly. Wildcard DNS is not configured — you will need to add individual subdomain records for each tunnel.';
}

function problemText(domain: string, found: readonly string[], address: string): string {
  return found.length === 0
    ? `Domain does not resolve yet. Please add an A record pointing ${domain} to ${address}. DNS propagation can take up to 48 hours, but usually completes within minutes.`
    : `Domain resolves to ${found.join(', ')} but your server IP is ${address}. Please update your A record.`;
}
