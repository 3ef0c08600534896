import type { EventAccount, HealthEvent } from '../../core/watch-event.js';
import type { Health } from '../../services/health/health.js';
import { changesAfter } from '../../services/health/history/changes.js';
import type { ServerHistory } from '../../services/health/history/history.js';
import type { ServerEntry } from '../../services/registry/registry.js';
import type { SeenPanel } from '../../services/watching/watch-memory.js';
import { panelSentence } from '../../words/watch.js';

type Known = Exclude<Health, { state: 'checking' }>;

/** The event of a look at a panel; undefined when nothing changed. Pure. */
export function panelEvent(
  server: ServerEntry,
  seen: SeenPanel | undefined,
  health: Known,
  account: EventAccount | null,
): HealthEvent | undefined {
  if (seen?.state === health.state) return undefined;
  const isOnline = health.state === 'online';
  return eventOf(server, seen, health.state, health.since, {
    late: false,
    account,
    reason: isOnline ? undefined : health.reason,
    latencyMs: isOnline ? health.latencyMs : undefined,
    version: isOnline ? health.version : undefined,
  });
}

/** Events that the history knows of and that nothing told, oldest first. Pure. */
export function lateEvents(
  server: ServerEntry,
  seen: SeenPanel,
  history: ServerHistory,
  account: EventAccount | null,
): HealthEvent[] {
  const events: HealthEvent[] = [];
  let last = seen;
  for (const { at, state } of changesAfter(history, seen.since)) {
    if (state === last.state) continue;
    events.push(eventOf(server, last, state, at, { late: true, account }));
    last = { state, since: at };
  }
  return events;
}

interface Facts {
  readonly late: boolean;
  readonly account: EventAccount | null;
  readonly reason?: string | undefined;
  readonly latencyMs?: number | undefined;
  readonly version?: string | undefined;
}

function eventOf(
  { id, label, panelUrl, region }: ServerEntry,
  seen: SeenPanel | undefined,
  state: HealthEvent['state'],
  since: number,
  facts: Facts,
): HealthEvent {
  const before = seen?.state ?? null;
  const beforeMs = seen === undefined ? undefined : Math.max(0, since - seen.since);
  return {
    event: 'health',
    id: `${id}-${state}-${since}`,
    at: new Date(since).toISOString(),
    server: { id, label, panelUrl, region: region ?? null, account: facts.account },
    state,
    before,
    beforeSince: seen === undefined ? null : new Date(seen.since).toISOString(),
    late: facts.late,
    reason: facts.reason ?? null,
    latencyMs: facts.latencyMs ?? null,
    version: facts.version ?? null,
    text: panelSentence({ ...facts, label, state, before, beforeMs }),
  };
}
