import { messageOf, PortlamaError, systemCodeOf } from '../core/errors.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import { PanelApiError } from '../services/panel/panel-api-error.js';
import type { DnsReport } from '../services/panel/panel-bodies.js';
import { PanelError } from '../services/panel/panel-error.js';
import type { NameState } from '../services/panel/set-up-facts.js';
import type { ServerEntry } from '../services/registry/registry.js';
import {
  againHint,
  dnsWaitText,
  holderOf,
  ipv6Warning,
  nameLine,
  PANEL_NAMES,
  recordLines,
} from '../words/onboarding.js';
import type { OnboardingWatch } from './onboard-watch.js';
import type { Work } from './work.js';

/** Upstream's own interval (contract: verify-dns). */
const POLL_MS = 5_000;
/** Interval once records have taken longer than they usually do. */
const LATE_POLL_MS = 30_000;
/** Records usually show up within this time. */
export const USUAL_MS = 10 * 60_000;

export interface DnsTarget {
  readonly server: ServerEntry;
  readonly domain: string;
  readonly address: string;
  /** The panel itself looks as well; while it installs it refuses to. */
  readonly asksPanel: boolean;
  /** Longest wait, ms. */
  readonly patienceMs: number;
  readonly watch: OnboardingWatch;
  /** Waits between two looks; resolves early when the person wants one now. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Waits until the panel sees its domain, and the three names that it gets certificates for lead to it: asked here, as
 * the panel does not look at them, and Let's Encrypt counts failures. Rejects with `dns-not-ready`; nothing is lost.
 */
export async function waitForDns(target: DnsTarget, api: PanelApi, work: Work): Promise<void> {
  const { domain, address, server, watch, patienceMs, pause } = target;
  const { face, clock, signal } = work;
  const begun = clock.monotonic();
  const servers = await work.registry.list();
  for (let isFirst = true; ; isFirst = false) {
    const names = await lookUp(target, servers, work);
    const report = target.asksPanel ? await askPanel(api, signal) : undefined;
    const look = { domain, address, names, asksPanel: target.asksPanel, report, at: clock.now() };
    watch.report({ part: 'dns', dns: look });
    if (names.every(({ isRight }) => isRight) && (!target.asksPanel || report?.ok === true)) {
      for (const name of names) if (name.ipv6?.length) face.say(ipv6Warning(name), 'warn');
      face.progress(undefined);
      return;
    }
    if (isFirst) for (const line of recordLines(domain, address)) face.say(line);
    face.progress(dnsWaitText(report, names));
    const waited = clock.monotonic() - begun;
    if (waited > patienceMs) throw notReady(server, domain, address, names);
    await pause(waited > USUAL_MS ? LATE_POLL_MS : POLL_MS, signal);
  }
}

async function lookUp(
  { domain, address, server }: DnsTarget,
  servers: readonly ServerEntry[],
  work: Work,
): Promise<readonly NameState[]> {
  return await Promise.all(
    PANEL_NAMES.map(async (part) => {
      const name = `${part}.${domain}`;
      try {
        const { a, aaaa } = await work.resolveName(name);
        const holder = holderOf(a, server.id, servers);
        return { name, found: a, isRight: a.includes(address), holder, ipv6: aaaa };
      } catch (error) {
        const failure = systemCodeOf(error) ?? messageOf(error);
        return { name, found: [], isRight: false, failure };
      }
    }),
  );
}

/**
 * Undefined while the server's resolver fails, which fresh delegations make it do: asked again. So is a panel out of
 * reach, since a wait of hours outlives the network.
 */
async function askPanel(api: PanelApi, signal: AbortSignal): Promise<DnsReport | undefined> {
  try {
    return await api.verifyDns(signal);
  } catch (error) {
    if (error instanceof PanelApiError && error.code === 'panel-failed') return undefined;
    if (!(error instanceof PanelError) || !error.retryable) throw error;
    const none = { resolvedIps: [], wildcardResolvedIps: [], wildcardOk: false };
    return { ok: false, ...none, message: error.message };
  }
}

function notReady(
  server: ServerEntry,
  domain: string,
  address: string,
  names: readonly NameState[],
): PortlamaError {
  const wrong = names.filter(({ isRight }) => !isRight);
  return new PortlamaError({
    code: 'dns-not-ready',
    message: `The DNS of ${domain} does not point to ${server.label} yet: ${wrong.map(nameLine).join('; ') || 'the server does not see it'}.`,
    hint: [
      'Create these records where the domain is managed, then continue:',
      ...recordLines(domain, address),
      againHint(server),
    ],
  });
}
