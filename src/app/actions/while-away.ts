import { changesAfter } from '../../services/health/history/changes.js';
import type { ServerHistory } from '../../services/health/history/history.js';
import { awayLine, type AwayOutage, awaySummary } from '../../words/away.js';
import type { ActionContext } from './context.js';

/** Lines in the activity log; the newest where there were more outages. */
const MOST_LINES = 100;

/** Tells outages of the time since the last screen was closed, and keeps that one is open now. */
export async function tellWhileAway(context: ActionContext): Promise<void> {
  const { store, ports, signal, run } = context;
  const title = 'Reading the history';
  const onError = ({ message }: { readonly message: string }): void =>
    ports.log.write('error', `What happened meanwhile is not told: ${message}`);
  await run({ title, quiet: true, onError }, async () => {
    const { list } = store.state.servers;
    const { seenAt } = await ports.screenMemory.read();
    // Write nothing for an empty list.
    if (list.length === 0) return;
    await ports.screenMemory.change({ seenAt: ports.clock.now() });
    if (seenAt === undefined) return;
    const outages: AwayOutage[] = [];
    for (const { id, label } of list) {
      if (signal.aborted) return;
      outages.push(...outagesSince(label, await ports.health.history(id), seenAt));
    }
    tell(context, outages);
  });
}

function outagesSince(label: string, history: ServerHistory, after: number): AwayOutage[] {
  const changes = changesAfter(history, after);
  const isTold = (at: number | undefined, state: 'online' | 'offline'): boolean =>
    changes.some((change) => change.at === at && change.state === state);
  return history.outages
    .map(({ from, to }) => ({ label, from, to: isTold(to, 'online') ? to : undefined }))
    .filter(({ from, to }) => to !== undefined || isTold(from, 'offline'));
}

function tell({ store, ports, messages }: ActionContext, outages: readonly AwayOutage[]): void {
  const inOrder = outages.toSorted((one, other) => one.from - other.from).slice(-MOST_LINES);
  const [first, ...others] = inOrder;
  if (first === undefined) return;
  const at = ports.clock.now();
  if (others.length === 0) {
    // Its page has the outage from the history.
    messages.news('warn', awayLine(first, at), { isHealth: true });
    return;
  }
  for (const outage of inOrder) {
    const text = ports.redactor.clean(awayLine(outage, at));
    store.dispatch({
      type: 'activity-noted',
      activity: { at, style: 'warn', text, isHealth: true },
    });
  }
  messages.news('warn', awaySummary(outages, 'L'), { isHealth: true });
}
