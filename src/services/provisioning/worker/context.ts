import type { DnsFacts } from '../../dns/server-records.js';
import type { Journal } from '../journal/journal.js';
import type { JournalRecord, ProvisionRequest } from '../journal/records.js';
import type { StepId } from '../steps/index.js';
import { reconnectingShell } from './reconnecting-shell.js';
import type { ProvisioningPorts, StepContext, StepOutputs } from './step.js';

/** Dependencies of a worker that runs one operation. */
export interface Engine {
  readonly ports: ProvisioningPorts;
  readonly request: ProvisionRequest;
  readonly journal: Journal;
  /** Records in the journal when the worker took over the operation. */
  readonly history: readonly JournalRecord[];
}

export interface MutableStepContext extends StepContext {
  /** The step that log lines belong to. */
  current: StepId;
  dns: DnsFacts | undefined;
  readonly begunAt: Map<StepId, number>;
  /**
   * Continues without the journal: the clean-up, and the end of a saved server, are completed even
   * if they cannot be recorded.
   */
  goesOnUnwritten: boolean;
}

/** Puts a context together from what an earlier worker, if there was one, left in the journal. */
export function buildContext({ ports, request, journal, history }: Engine): MutableStepContext {
  const { begunAt, outputs } = readSteps(history);
  /** Reason for the current wait, as last journaled. */
  let waitingFor: string | undefined;
  const write: StepContext['write'] = async (entry) => {
    if (entry.event !== 'log') waitingFor = entry.event === 'waiting' ? entry.text : undefined;
    const written = journal.write(entry);
    await (context.goesOnUnwritten ? written.catch(() => undefined) : written);
  };
  const startedAt = ports.clock.monotonic();
  const context: MutableStepContext = {
    ports,
    request,
    outputs,
    begunAt,
    attempted: new Set(begunAt.keys()),
    // Count from now: the time since an earlier worker's request is unknown, because the clock may
    // have been set.
    sentAt: new Map([...begunAt.keys()].map((step) => [step, startedAt])),
    sentTwice: isBegunTwice(history, 'create_droplet'),
    removedBefore: readRemoved(history),
    leftovers: [],
    dns: history.findLast((record) => record.event === 'dns')?.facts,
    async keepDns(facts) {
      await write({ event: 'dns', facts });
      context.dns = facts;
    },
    logOffset: lastOffset(history),
    current: 'validate_token',
    goesOnUnwritten: outputs.save_registry !== undefined,
    shell: reconnectingShell(() => context),
    write,
    log: (text) => write({ event: 'log', step: context.current, text }),
    waiting: async (text, untilMs) => {
      // Skip repetitions: this is called after every look.
      if (untilMs === undefined && text === waitingFor) return;
      const until = untilMs === undefined ? {} : { untilMs };
      await write({ event: 'waiting', step: context.current, text, ...until });
    },
  };
  return context;
}

function readSteps(history: readonly JournalRecord[]): {
  readonly begunAt: Map<StepId, number>;
  readonly outputs: Partial<StepOutputs>;
} {
  const begunAt = new Map<StepId, number>();
  const outputs: Partial<Record<StepId, unknown>> = {};
  for (const record of history) {
    if (record.event !== 'step') continue;
    const step = record.step as StepId;
    if (record.status === 'done') outputs[step] = record.data;
    else if (!begunAt.has(step)) begunAt.set(step, record.at);
  }
  return { begunAt, outputs: outputs as Partial<StepOutputs> };
}

function isBegunTwice(history: readonly JournalRecord[], step: StepId): boolean {
  const begun = history.filter(
    (record) => record.event === 'step' && record.step === step && record.status === 'running',
  );
  return begun.length > 1;
}

function readRemoved(history: readonly JournalRecord[]): Set<string> {
  const removed = new Set<string>();
  for (const record of history) {
    if (record.event !== 'rollback') continue;
    if (record.status === 'removed' || record.status === 'absent') removed.add(record.resource.id);
  }
  return removed;
}

function lastOffset(history: readonly JournalRecord[]): number {
  return history.reduce(
    (offset, record) =>
      'offset' in record && record.offset !== undefined ? Math.max(offset, record.offset) : offset,
    0,
  );
}
