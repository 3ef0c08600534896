import { isAbort, messageOf, PortlamaError } from '../../core/errors.js';
import { buildContext, type Engine } from './context.js';
import { CancelledError } from './errors.js';
import type { StepData, StepId } from './records.js';
import { removeAll } from './rollback.js';
import type { Step, StepOutputs } from './step.js';
import { STEPS } from './steps/index.js';
import { summaryOf } from './steps/save-registry.js';

export type Outcome = 'succeeded' | 'failed' | 'failed-with-leftovers';

/**
 * Runs every step that the journal does not have as done; when one fails, or `signal` aborts, removes what was made.
 * Once the server is saved nothing is rolled back any more. Never rejects for a failure of a step.
 */
export async function runOperation(engine: Engine, signal: AbortSignal): Promise<Outcome> {
  const context = buildContext(engine);
  let current: StepId = STEPS[0]!.id;
  try {
    for (const step of STEPS) {
      if (context.outputs[step.id] !== undefined) continue;
      const saved = context.outputs.save_registry !== undefined;
      if (!saved) signal.throwIfAborted();
      current = step.id;
      await runStep(step, engine, context, saved ? new AbortController().signal : signal);
    }
    await engine.journal.write({
      event: 'complete',
      server: summaryOf(context),
      leftovers: context.leftovers,
    });
    return 'succeeded';
  } catch (error) {
    await reportFailure(
      engine,
      current,
      isAbort(error) && signal.aborted ? new CancelledError() : error,
    );
    return await undoAll(engine, context);
  } finally {
    context.shell.close();
  }
}

/** Removes what the journal says was begun. */
export async function cleanUpOperation(engine: Engine): Promise<Outcome> {
  const context = buildContext(engine);
  try {
    return await undoAll(engine, context);
  } finally {
    context.shell.close();
  }
}

async function runStep(
  step: Step,
  engine: Engine,
  context: ReturnType<typeof buildContext>,
  signal: AbortSignal,
): Promise<void> {
  const wasBegun = context.begunAt.has(step.id);
  if (!wasBegun) context.begunAt.set(step.id, engine.ports.clock.now());
  await engine.journal.write({ event: 'step', step: step.id, status: 'running' });
  context.current = step.id;
  const found = wasBegun ? await step.find?.(context, signal) : undefined;
  const output = found ?? (await step.run(context, signal));
  await engine.journal.write({
    event: 'step',
    step: step.id,
    status: 'done',
    data: output as unknown as StepData,
  });
  (context.outputs as Record<StepId, StepOutputs[StepId]>)[step.id] = output;
}

async function reportFailure(engine: Engine, step: StepId, error: unknown): Promise<void> {
  if (error instanceof CancelledError) await engine.journal.write({ event: 'cancel' });
  const known = error instanceof PortlamaError ? error : undefined;
  await engine.journal.write({
    event: 'error',
    step,
    code: known?.code ?? 'unexpected',
    message: messageOf(error),
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
  });
}

/** Newest first: the server's files and entry, then the droplet, then the key. */
async function undoAll(engine: Engine, context: ReturnType<typeof buildContext>): Promise<Outcome> {
  const begun = STEPS.filter((step) => context.begunAt.has(step.id)).reverse();
  const items = begun.flatMap((step) => step.undo?.(context) ?? []);
  context.current = begun[0]?.id ?? STEPS[0]!.id;
  const limit = AbortSignal.timeout(engine.ports.timing.rollbackMs);
  const leftovers = await removeAll(items, context, limit);
  await engine.journal.write({ event: 'rolled-back', leftovers });
  return leftovers.length === 0 ? 'failed' : 'failed-with-leftovers';
}
