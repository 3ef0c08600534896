import { changesAfter } from '../../services/health/history/changes.js';
import { type Bucket, type ServerHistory, stripOf } from '../../services/health/history/history.js';
import { awayLine, type AwayOutage, awaySummary } from '../../words/away.js';
import type { ActionContext } from './context.js';

/** Lines in the activity log; the newest where there were more outages. */
const MOST_LINES = 100;

/** Servers whose strips are shown at once. */
const BATCH = 20;

/**
 * Reads what is kept of every server's health: the strips of the rows, and the outages of the time since the last screen
 * was closed, which it tells. Keeps that a screen is open now.
 */
export async function readPastHealth(context: ActionContext): Promise<void> {
  const { store, ports, signal, run } = context;
  const title = 'Reading the history';
  const onError = ({ message }: { readonly message: string }): void =>
    ports.log.write('error', `The history could not be read: ${message}`);
  await run({ title, quiet: true, onError }, async () => {
    const { list } = store.state.servers;
    const { seenAt } = await ports.screenMemory.read();
    // Write nothing for an empty list.
    if (list.length === 0) return;
    const now = ports.clock.now();
    const outages: AwayOutage[] = [];
    const strips = new Map<string, readonly Bucket[]>();
    const show = (): void => {
      store.dispatch({ type: 'strips-read', strips: new Map(strips) });
      strips.clear();
    };
    for (const { id, label } of list) {
      if (signal.aborted) return;
      const history = await ports.health.history(id);
      strips.set(id, stripOf(history, now));
      if (strips.size === BATCH) show();
      if (seenAt !== undefined) outages.push(...outagesSince(label, history, seenAt));
    }
    show();
    tell(context, outages);
    await ports.screenMemory.change({ seenAt: now });
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
