import { isAbort, messageOf, PortlamaError } from '../../../core/errors.js';
import type { ServerEntry } from '../../registry/registry.js';
import { ProvisioningError } from '../errors.js';
import type { Journal } from '../journal/journal.js';
import type {
  JournalEntry,
  JournalRecord,
  Resource,
  StepData,
  UpkeepRequest,
} from '../journal/records.js';
import { type AnyStepId, UPKEEP_STEPS, type UpkeepStepId } from '../steps/index.js';
import type { Outcome } from './run.js';

/** One run of a worker on a server that exists. */
export interface UpkeepRun {
  readonly request: UpkeepRequest;
  /** Records in the journal when the worker took the operation up; at the end all that were written. */
  readonly history: readonly JournalRecord[];
  /** Resolves like `Journal.write`. */
  readonly write: (entry: JournalEntry) => Promise<void>;
  /** Aborted when it is cancelled. */
  readonly signal: AbortSignal;
}

interface UpkeepOptions extends Omit<UpkeepRun, 'write'> {
  readonly journal: Pick<Journal, 'write'>;
}

/** `failure`: it has come to its end, and cannot be resumed. `leftovers`: what could not be taken away. */
export type UpkeepEnd =
  | {
      readonly server: ServerEntry;
      readonly facts: StepData;
      readonly leftovers?: readonly Resource[];
    }
  | { readonly failure: PortlamaError };

/** Rejects with what stopped it, where resuming may mend that. */
export type PerformUpkeep = (run: UpkeepRun) => Promise<UpkeepEnd>;

/** Takes away what work that ends without success has made; resolves to what is left. Its signal may be aborted. */
export type EndUpkeep = (run: UpkeepRun) => Promise<readonly Resource[]>;

/** Performs the work, and writes its end. One that stops without an end is interrupted, and can be resumed. */
export async function runUpkeep(
  options: UpkeepOptions,
  perform: PerformUpkeep,
  end: EndUpkeep = nothingToEnd,
): Promise<Outcome> {
  const { journal, request, history, signal } = options;
  let step: AnyStepId = UPKEEP_STEPS[request.kind][0].id;
  const written = [...history];
  const write = async (entry: JournalEntry): Promise<void> => {
    if (entry.event === 'step') step = entry.step;
    await journal.write(entry);
    written.push({ at: written.at(-1)?.at ?? 0, ...entry });
  };
  const run = { request, history, write, signal };
  const ending = { ...run, history: written };
  try {
    const ended = await perform(run);
    if ('failure' in ended) {
      await write(errorEntry(step, ended.failure));
      return await endWithout(ending, end);
    }
    await write({ event: 'complete', leftovers: [], ...ended });
    return 'succeeded';
  } catch (error) {
    if (isAbort(error) && signal.aborted) {
      await write({ event: 'cancel' });
      await write(errorEntry(step, cancelled()));
      return await endWithout(ending, end);
    }
    await write({ ...errorEntry(step, error), resumable: true });
    return 'interrupted';
  }
}

/** Ends work that was interrupted. */
export async function dropUpkeep(options: UpkeepOptions, end: EndUpkeep): Promise<Outcome> {
  const { journal, ...rest } = options;
  await journal.write({ event: 'cancel' });
  return await endWithout({ ...rest, write: (entry) => journal.write(entry) }, end);
}

const nothingToEnd: EndUpkeep = () => Promise.resolve([]);

/** True when the step was begun, by this worker or an earlier one; with a status, when it came that far. */
export function wasBegun(
  history: readonly JournalRecord[],
  step: UpkeepStepId,
  status?: 'done',
): boolean {
  return history.some(
    (record) =>
      record.event === 'step' &&
      record.step === step &&
      record.status === (status ?? record.status),
  );
}

/** Output of the step each time that it was done. */
export function outputsIn(
  history: readonly JournalRecord[],
  step: UpkeepStepId,
): readonly StepData[] {
  return history.flatMap((record) =>
    record.event === 'step' && record.step === step && record.status === 'done'
      ? [record.data]
      : [],
  );
}

async function endWithout(run: UpkeepRun, end: EndUpkeep): Promise<Outcome> {
  await run.write({ event: 'rolled-back', leftovers: await end(run) });
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
