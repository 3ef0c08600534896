import type { Liveness } from '../../process/identity.js';
import type {
  Operation,
  OperationStatus,
  OperationStep,
  OperationSubstep,
  RollbackItem,
} from '../operations.js';
import { type AnyStepId, shownStepsOf } from '../steps/index.js';
import type { JournalRecord } from './records.js';

/** Names that are told apart: the bootstrap and create-portlama have eleven, a droplet may print any number. */
export const SUBSTEPS_MAX = 64;

type Folded = { -readonly [Key in keyof Operation]: Operation[Key] };

/**
 * Folds an operation's records; undefined without a first record with the request. `worker` tells a
 * running operation from an interrupted one, and from one in an unknown state.
 */
export function foldJournal(
  records: readonly JournalRecord[],
  worker: Liveness,
): Operation | undefined {
  const first = records.find((record) => record.event === 'operation');
  if (first === undefined) return undefined;
  return addRecords(emptyOperation(first), records, worker);
}

/** Adds later records to a folded `operation`, for a growing journal. */
export function addRecords(
  operation: Operation,
  records: readonly JournalRecord[],
  worker: Liveness,
): Operation {
  const folded: Folded = { ...operation };
  for (const record of records) addRecord(folded, record);
  folded.status = statusOf(folded, worker);
  return folded;
}

function emptyOperation(first: Extract<JournalRecord, { event: 'operation' }>): Operation {
  return {
    id: first.request.id,
    request: first.request,
    status: 'interrupted',
    startedAt: first.at,
    endedAt: undefined,
    steps: shownStepsOf(first.request).map(({ id }) => ({
      id,
      status: 'pending',
      startedAt: undefined,
      endedAt: undefined,
    })),
    substeps: [],
    waiting: undefined,
    cancelled: false,
    error: undefined,
    cleanUpBegun: false,
    rollback: [],
    leftovers: [],
    server: undefined,
    facts: undefined,
  };
}

/** Records that leave the current wait as it is. */
const NO_PROGRESS: ReadonlySet<JournalRecord['event']> = new Set([
  'log',
  'instruct',
  'clock',
  'names',
  'looked',
  'tasks',
]);

function addRecord(folded: Folded, record: JournalRecord): void {
  if (!NO_PROGRESS.has(record.event)) folded.waiting = undefined;
  switch (record.event) {
    case 'operation':
    case 'log':
    case 'instruct':
    case 'dns':
    case 'names':
    case 'looked':
    case 'tasks':
      return;
    case 'worker':
      // A new worker starts where the last one died: what that one was in the middle of is not going on.
      folded.endedAt = undefined;
      folded.error = record.mode === 'run' ? undefined : folded.error;
      folded.cleanUpBegun ||= record.mode === 'cleanup' && !isSaved(folded);
      folded.leftovers = [];
      return;
    case 'step':
      folded.steps = changeStep(folded.steps, record.step, (step) =>
        record.status === 'running'
          ? { ...step, status: 'running', startedAt: record.at, endedAt: undefined }
          : { ...step, status: 'done', endedAt: record.at },
      );
      return;
    case 'substep':
      folded.substeps = changeSubsteps(folded.substeps, {
        name: record.name,
        status: record.status,
      });
      return;
    case 'waiting':
      folded.waiting = { text: record.text, untilMs: record.untilMs };
      return;
    case 'error':
      folded.cleanUpBegun ||= record.resumable !== true;
      folded.error = {
        step: record.step,
        code: record.code,
        message: record.message,
        hint: record.hint,
      };
      folded.steps = changeStep(folded.steps, record.step, (step) => ({
        ...step,
        status: 'failed',
        endedAt: record.at,
      }));
      return;
    case 'cancel':
      folded.cancelled = true;
      return;
    case 'clock':
      moveTimes(folded, record.byMs);
      return;
    case 'rollback':
      // Keep a saved server: only temporary resources are removed.
      if (isSaved(folded)) return;
      folded.cleanUpBegun = true;
      folded.rollback = changeRollback(folded.rollback, {
        resource: record.resource,
        status: record.status,
        reason: record.reason,
      });
      return;
    case 'rolled-back':
      folded.leftovers = record.leftovers;
      folded.endedAt = record.at;
      return;
    case 'complete':
      folded.server = record.server;
      folded.facts = record.facts;
      folded.leftovers = record.leftovers;
      folded.endedAt = record.at;
      return;
  }
}

/** Shifts the times, so that differences between them equal elapsed time. */
function moveTimes(folded: Folded, byMs: number): void {
  const moved = (at: number | undefined): number | undefined =>
    at === undefined ? undefined : at + byMs;
  folded.startedAt += byMs;
  folded.steps = folded.steps.map((step) => ({
    ...step,
    startedAt: moved(step.startedAt),
    endedAt: moved(step.endedAt),
  }));
}

function changeStep(
  steps: readonly OperationStep[],
  id: AnyStepId,
  change: (step: OperationStep) => OperationStep,
): readonly OperationStep[] {
  return steps.map((step) => (step.id === id ? change(step) : step));
}

function changeSubsteps(
  substeps: readonly OperationSubstep[],
  next: OperationSubstep,
): readonly OperationSubstep[] {
  const index = substeps.findIndex(({ name }) => name === next.name);
  if (index >= 0) return substeps.with(index, next);
  return substeps.length < SUBSTEPS_MAX ? [...substeps, next] : substeps;
}

function changeRollback(
  items: readonly RollbackItem[],
  next: RollbackItem,
): readonly RollbackItem[] {
  const isSame = (item: RollbackItem): boolean =>
    item.resource.kind === next.resource.kind && item.resource.id === next.resource.id;
  return items.some(isSame) ? items.map((item) => (isSame(item) ? next : item)) : [...items, next];
}

function statusOf(folded: Folded, worker: Liveness): OperationStatus {
  if (folded.server !== undefined) return 'succeeded';
  if (folded.endedAt !== undefined)
    return folded.leftovers.length > 0 ? 'failed-with-leftovers' : 'failed';
  if (worker !== 'alive') return worker === 'gone' ? 'interrupted' : 'out-of-sight';
  return folded.cleanUpBegun ? 'cleaning-up' : 'running';
}

/** True when the server is in the list: only temporary resources are removed from then on. */
export function isSaved({ steps }: Pick<Operation, 'steps'>): boolean {
  return steps.some(({ id, status }) => id === 'save_registry' && status === 'done');
}
