import { addRecords, foldJournal } from '../../services/provisioning/journal/fold.js';
import type { Operation } from '../../services/provisioning/operations.js';
import type { Liveness } from '../../services/process/identity.js';
import type { JournalRecord } from '../../services/provisioning/journal/records.js';
import type { OperationEvent } from '../events.js';
import { type LogEntry, logEntry } from '../operation-log.js';
import { type AppState, currentRoute, KEPT_LOG_ENTRIES, type OperationLog } from '../state.js';

type RecordsEvent = Extract<OperationEvent, { type: 'operation-records' }>;

/** Reduces provisionings: lists from the folders now and then, records from the journals live. */
export function reduceOperations(state: AppState, event: OperationEvent): AppState {
  const { operations } = state;
  switch (event.type) {
    case 'operations-listed': {
      const listed = event.operations.map((operation) => merge(operation, state));
      const list = [...listed, ...shownAndForgotten(listed, state)];
      return { ...state, operations: { ...operations, loaded: true, list } };
    }
    case 'operation-followed': {
      const logs = { ...operations.logs, [event.operationId]: { entries: [], total: 0 } };
      return { ...state, operations: { ...operations, logs } };
    }
    case 'operation-records':
      return {
        ...state,
        operations: {
          ...operations,
          list: withRecords(operations.list, event),
          logs: {
            ...operations.logs,
            [event.operationId]: appendLog(operations.logs[event.operationId], event.records),
          },
        },
      };
    case 'operation-forgotten': {
      const { [event.operationId]: _forgotten, ...logs } = operations.logs;
      const list = operations.list.filter(({ id }) => id !== event.operationId);
      return { ...state, operations: { ...operations, list, logs } };
    }
  }
}

/** A followed operation is newer here than in any list: only whether its worker lives is learnt from it. */
function merge(listed: Operation, { operations }: AppState): Operation {
  const known = operations.list.find(({ id }) => id === listed.id);
  if (known === undefined || !Object.hasOwn(operations.logs, listed.id)) return listed;
  return addRecords(known, [], workerOf(listed));
}

/** Derives the liveness of the worker from the operation's status. */
function workerOf({ status }: Operation): Liveness {
  if (status === 'out-of-sight') return 'unseen';
  return status === 'interrupted' ? 'gone' : 'alive';
}

/** Operation on screen that another program dismissed; the person may still be reading it. */
function shownAndForgotten(listed: readonly Operation[], state: AppState): readonly Operation[] {
  const route = currentRoute(state);
  if (route.screen !== 'provisioning') return [];
  if (listed.some(({ id }) => id === route.operationId)) return [];
  return state.operations.list.filter(({ id }) => id === route.operationId);
}

function withRecords(list: readonly Operation[], event: RecordsEvent): readonly Operation[] {
  const known = list.find(({ id }) => id === event.operationId);
  // Records read from the file say nothing about the worker; live ones prove that it runs.
  const worker = event.live ? 'alive' : known === undefined ? 'gone' : workerOf(known);
  const restarts = known === undefined || event.records.some(({ event }) => event === 'operation');
  const next = restarts
    ? foldJournal(event.records, worker)
    : addRecords(known, event.records, worker);
  if (next === undefined) return list;
  return known === undefined
    ? [next, ...list]
    : list.map((operation) => (operation === known ? next : operation));
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
