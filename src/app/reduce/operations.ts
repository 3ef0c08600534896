import type { Operation } from '../../services/provisioning/operations.js';
import type { JournalRecord } from '../../services/provisioning/journal/records.js';
import type { OperationEvent } from '../events.js';
import { type LogEntry, logEntry } from '../../words/operations.js';
import { type AppState, currentRoute, KEPT_LOG_ENTRIES, type OperationLog } from '../state.js';

/** Reduces provisionings: what the watcher saw, and the logs of those that are followed. */
export function reduceOperations(state: AppState, event: OperationEvent): AppState {
  const { operations } = state;
  switch (event.type) {
    case 'operations-listed': {
      const list = [...event.operations, ...shownAndForgotten(event.operations, state)];
      if (operations.loaded && isSame(list, operations.list)) return state;
      return { ...state, operations: { ...operations, loaded: true, list } };
    }
    case 'operation-records': {
      const { operationId, records, fromStart } = event;
      const log = fromStart ? undefined : operations.logs[operationId];
      const logs = { ...operations.logs, [operationId]: appendLog(log, records) };
      return { ...state, operations: { ...operations, logs } };
    }
    case 'step-times-learned':
      return { ...state, operations: { ...operations, usual: event.usual } };
    case 'operation-forgotten': {
      const { [event.operationId]: _forgotten, ...logs } = operations.logs;
      const list = operations.list.filter(({ id }) => id !== event.operationId);
      return { ...state, operations: { ...operations, list, logs } };
    }
  }
}

/** The watcher hands over the same object for an operation that did not change. */
function isSame(some: readonly Operation[], others: readonly Operation[]): boolean {
  return some.length === others.length && some.every((each, index) => each === others[index]);
}

/** Operation on screen that another program dismissed; the person may still be reading it. */
function shownAndForgotten(listed: readonly Operation[], state: AppState): readonly Operation[] {
  const route = currentRoute(state);
  if (route.screen !== 'provisioning') return [];
  if (listed.some(({ id }) => id === route.operationId)) return [];
  return state.operations.list.filter(({ id }) => id === route.operationId);
}

/** A wait is told at every try; told once it says as much. */
function withoutRepetition(
  entries: readonly LogEntry[],
  before: LogEntry | undefined,
): readonly LogEntry[] {
  return entries.filter((entry, index) => {
    const last = index === 0 ? before : entries[index - 1];
    return entry.style !== 'muted' || last?.style !== 'muted' || last.text !== entry.text;
  });
}

function appendLog(log: OperationLog | undefined, records: readonly JournalRecord[]): OperationLog {
  const { entries, total } = log ?? { entries: [], total: 0 };
  const added = withoutRepetition(
    records.map(logEntry).filter((entry) => entry !== undefined),
    entries.at(-1),
  );
  if (added.length === 0 && log !== undefined) return log;
  return {
    entries: [...entries, ...added].slice(-KEPT_LOG_ENTRIES),
    total: total + added.length,
  };
}
