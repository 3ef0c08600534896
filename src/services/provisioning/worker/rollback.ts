import { isAbort, messageOf, PortlamaError } from '../../../core/errors.js';
import { ProvisioningError } from '../errors.js';
import type { Resource } from '../journal/records.js';
import type { StepContext, Undo } from './step.js';

/**
 * Limit of tries for failures that waiting does not mend; the API client retries inside each try.
 */
const PASSES = 3;
/** Longest pause between two passes, in shortest polls. */
const MAX_PAUSE_POLLS = 100;

/** Reports a finding during removal, which replaces the resource in the list of leftovers. */
export class NotRemovedError extends ProvisioningError {
  constructor(
    readonly leftovers: readonly Resource[],
    cause: unknown,
  ) {
    super({
      code: cause instanceof PortlamaError ? cause.code : 'not-removed',
      message: messageOf(cause),
      hint: cause instanceof PortlamaError ? cause.hint : undefined,
      retryable: cause instanceof PortlamaError && cause.retryable,
      cause,
    });
  }
}

interface Failed {
  readonly item: Undo;
  readonly left: readonly Resource[];
  readonly mayPass: boolean;
}

/**
 * Removes everything, continues past failures, and retries them: passing ones until the signal ends
 * it, others three times. Resolves to the resources that could not be removed. Journals every
 * attempt.
 */
export async function removeAll(
  items: readonly Undo[],
  context: Pick<StepContext, 'write' | 'ports'>,
  signal: AbortSignal,
): Promise<Resource[]> {
  let failed = await removeEach(items, context, signal);
  for (let pass = 2; !signal.aborted && (pass <= PASSES || failed.some(mayPass)); pass++) {
    if (failed.length === 0) break;
    await pauseBefore(pass, context, signal);
    const again = pass <= PASSES ? failed : failed.filter(mayPass);
    const givenUp = failed.filter((each) => !again.includes(each));
    const undone = again.map(({ item }) => item);
    failed = [...(await removeEach(undone, context, signal)), ...givenUp];
  }
  return failed.flatMap(({ left }) => left);
}

const mayPass = (failed: Failed): boolean => failed.mayPass;

async function removeEach(
  items: readonly Undo[],
  context: Pick<StepContext, 'write'>,
  signal: AbortSignal,
): Promise<Failed[]> {
  const failed: Failed[] = [];
  for (const item of items) {
    const failure = await removeOne(item, context, signal);
    if (failure !== undefined) failed.push(failure);
  }
  return failed;
}

async function removeOne(
  item: Undo,
  context: Pick<StepContext, 'write'>,
  signal: AbortSignal,
): Promise<Failed | undefined> {
  const { resource } = item;
  await context.write({ event: 'rollback', resource, status: 'running' });
  try {
    const status = await item.remove(signal);
    await context.write({ event: 'rollback', resource, status });
    return undefined;
  } catch (error) {
    const cause = error instanceof NotRemovedError ? error.cause : error;
    const reason = isAbort(cause) ? 'the time for cleaning up was over' : messageOf(error);
    await context.write({ event: 'rollback', resource, status: 'failed', reason });
    return {
      item,
      left: error instanceof NotRemovedError ? error.leftovers : [resource],
      mayPass: error instanceof PortlamaError && error.retryable,
    };
  }
}

async function pauseBefore(
  pass: number,
  { ports }: Pick<StepContext, 'ports'>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, timing } = ports;
  const polls = Math.min(10 * pass, MAX_PAUSE_POLLS);
  await clock.sleep(timing.minPollMs * polls, signal).catch(() => undefined);
}
