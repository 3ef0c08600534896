import { isAbort, messageOf, PortlamaError } from '../../../core/errors.js';
import type { ServerEntry } from '../../registry/registry.js';
import { ProvisioningError } from '../errors.js';
import type { Journal } from '../journal/journal.js';
import type { JournalEntry, JournalRecord, StepData, UpkeepRequest } from '../journal/records.js';
import { type AnyStepId, UPKEEP_STEPS, type UpkeepStepId } from '../steps/index.js';
import type { Outcome } from './run.js';

/** One run of a worker on a server that exists. */
export interface UpkeepRun {
  readonly request: UpkeepRequest;
  /** Records in the journal when the worker took the operation up. */
  readonly history: readonly JournalRecord[];
  /** Resolves like `Journal.write`. */
  readonly write: (entry: JournalEntry) => Promise<void>;
  /** Aborted when it is cancelled. */
  readonly signal: AbortSignal;
}

interface UpkeepOptions extends Omit<UpkeepRun, 'write'> {
  readonly journal: Pick<Journal, 'write'>;
}

/** `failure`: it has come to its end, and cannot be resumed. */
export type UpkeepEnd =
  { readonly server: ServerEntry; readonly facts: StepData } | { readonly failure: PortlamaError };

/** Rejects with what stopped it, where resuming may mend that. */
export type PerformUpkeep = (run: UpkeepRun) => Promise<UpkeepEnd>;

/** Performs the work, and writes its end. One that stops without an end is interrupted, and can be resumed. */
export async function runUpkeep(options: UpkeepOptions, perform: PerformUpkeep): Promise<Outcome> {
  const { journal, request, history, signal } = options;
  let step: AnyStepId = UPKEEP_STEPS[request.kind][0].id;
  const write = async (entry: JournalEntry): Promise<void> => {
    if (entry.event === 'step') step = entry.step;
    await journal.write(entry);
  };
  try {
    const end = await perform({ request, history, write, signal });
    if ('failure' in end) {
      await write(errorEntry(step, end.failure));
      return await endWithout(journal);
    }
    await write({ event: 'complete', ...end, leftovers: [] });
    return 'succeeded';
  } catch (error) {
    if (isAbort(error) && signal.aborted) {
      await write({ event: 'cancel' });
      await write(errorEntry(step, cancelled()));
      return await endWithout(journal);
    }
    await write({ ...errorEntry(step, error), resumable: true });
    return 'interrupted';
  }
}

/** Ends work that was interrupted: it made nothing that would have to be removed. */
export async function dropUpkeep(journal: Pick<Journal, 'write'>): Promise<Outcome> {
  await journal.write({ event: 'cancel' });
  return await endWithout(journal);
}

/** True when the step was begun, by this worker or an earlier one. */
export function wasBegun(history: readonly JournalRecord[], step: UpkeepStepId): boolean {
  return history.some((record) => record.event === 'step' && record.step === step);
}

async function endWithout(journal: Pick<Journal, 'write'>): Promise<Outcome> {
  await journal.write({ event: 'rolled-back', leftovers: [] });
  return 'failed';
}

function cancelled(): ProvisioningError {
  return new ProvisioningError({ code: 'cancelled', message: 'It was cancelled.' });
}

function errorEntry(step: AnyStepId, error: unknown): Extract<JournalEntry, { event: 'error' }> {
  const known = error instanceof PortlamaError ? error : undefined;
  return {
    event: 'error',
    step,
    code: known?.code ?? 'unexpected',
    message: messageOf(error),
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
  };
}
