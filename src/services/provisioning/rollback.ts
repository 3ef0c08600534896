import { isAbort, messageOf } from '../../core/errors.js';
import type { Resource } from './records.js';
import type { StepContext, Undo } from './step.js';

/** A clean-up goes over what failed this often; the API client retries inside each of them. */
const PASSES = 3;

/**
 * Removes everything, goes on past failures, and tries what failed again. Resolves to what could not be removed.
 * Every attempt is in the journal.
 */
export async function removeAll(
  items: readonly Undo[],
  context: Pick<StepContext, 'write' | 'ports'>,
  signal: AbortSignal,
): Promise<Resource[]> {
  const { clock, timing } = context.ports;
  let remaining = items;
  for (let pass = 1; pass <= PASSES && remaining.length > 0; pass++) {
    if (pass > 1) await clock.sleep(timing.minPollMs * 10 * pass, signal).catch(() => undefined);
    const failed: Undo[] = [];
    for (const item of remaining) if (!(await removeOne(item, context, signal))) failed.push(item);
    remaining = failed;
    if (signal.aborted) break;
  }
  return remaining.map((item) => item.resource);
}

async function removeOne(
  item: Undo,
  context: Pick<StepContext, 'write'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { resource } = item;
  await context.write({ event: 'rollback', resource, status: 'running' });
  try {
    const status = await item.remove(signal);
    await context.write({ event: 'rollback', resource, status });
    return true;
  } catch (error) {
    const reason = isAbort(error) ? 'the time for cleaning up was over' : messageOf(error);
    await context.write({ event: 'rollback', resource, status: 'failed', reason });
    return false;
  }
}
