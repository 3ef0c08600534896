import type { Journal } from './journal.js';
import type { JournalRecord, OperationRequest, StepId } from './records.js';
import { reconnectingShell } from './reconnecting-shell.js';
import type { ProvisioningPorts, StepContext, StepOutputs } from './step.js';

/** What a worker needs to run one operation. */
export interface Engine {
  readonly ports: ProvisioningPorts;
  readonly request: OperationRequest;
  readonly journal: Journal;
  /** What the journal held when the worker took the operation up. */
  readonly history: readonly JournalRecord[];
}

export interface MutableStepContext extends StepContext {
  /** The step that log lines belong to. */
  current: StepId;
  readonly begunAt: Map<StepId, number>;
}

/** Puts a context together from what an earlier worker, if there was one, left in the journal. */
export function buildContext({ ports, request, journal, history }: Engine): MutableStepContext {
  const begunAt = new Map<StepId, number>();
  const outputs: Partial<Record<StepId, unknown>> = {};
  for (const record of history) {
    if (record.event !== 'step') continue;
    if (record.status === 'done') outputs[record.step] = record.data;
    else if (!begunAt.has(record.step)) begunAt.set(record.step, record.at);
  }
  const context: MutableStepContext = {
    ports,
    request,
    outputs: outputs as Partial<StepOutputs>,
    begunAt,
    attempted: new Set(begunAt.keys()),
    leftovers: [],
    logOffset: lastOffset(history),
    current: 'validate_token',
    shell: reconnectingShell(() => context),
    write: (entry) => journal.write(entry),
    log: (text) => journal.write({ event: 'log', step: context.current, text }),
    waiting: (text, untilMs) =>
      journal.write({
        event: 'waiting',
        step: context.current,
        text,
        ...(untilMs === undefined ? {} : { untilMs }),
      }),
  };
  return context;
}

function lastOffset(history: readonly JournalRecord[]): number {
  return history.reduce(
    (offset, record) =>
      'offset' in record && record.offset !== undefined ? Math.max(offset, record.offset) : offset,
    0,
  );
}
