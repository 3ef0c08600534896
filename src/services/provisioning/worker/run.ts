import { isAbort, messageOf, PortlamaError } from '../../../core/errors.js';
import type { Disposable } from '../../../core/lifecycle.js';
import { buildContext, type Engine, type MutableStepContext } from './context.js';
import { asPassing, deadline } from './deadline.js';
import { CancelledError, JournalLostError } from '../errors.js';
import type { JournalEntry, Resource, StepData } from '../journal/records.js';
import { removeAll } from './rollback.js';
import type { Step, StepOutputs } from './step.js';
import { temporaryThings } from '../steps/cleanup.js';
import { type StepId, STEPS, stepsOf } from '../steps/index.js';
import { step as saveRegistry, entryOf } from '../steps/save-registry.js';

export type Outcome = 'succeeded' | 'failed' | 'failed-with-leftovers' | 'interrupted';

/**
 * Runs every step not yet done in the journal; when one fails, or `signal` aborts, undoes them.
 * Undoes nothing once the server is saved, nor while an installation may continue behind a broken
 * connection; that operation can be resumed. Rejects with `journal-lost` when the end could not be
 * written; all other work is still done.
 */
export async function runOperation(engine: Engine, signal: AbortSignal): Promise<Outcome> {
  const context = buildContext(engine);
  const reporting = reportRetries(context);
  try {
    return await runSteps(engine, context, signal);
  } catch (error) {
    if (error instanceof JournalLostError) throw error;
    if (isSaved(context)) return await finish(engine, context, error);
    const isInstalling = context.begunAt.has('install_portlama') && !signal.aborted;
    const passing = isInstalling ? asPassing(error) : undefined;
    if (passing !== undefined) {
      await reportFailure(context, passing, true);
      return 'interrupted';
    }
    context.goesOnUnwritten = true;
    const reason = isAbort(error) && signal.aborted ? new CancelledError() : error;
    await reportFailure(context, reason);
    return await undoAll(engine, context);
  } finally {
    reporting.dispose();
    context.shell.close();
  }
}

/**
 * Removes the resources of begun steps in the journal. Keeps a saved server, which may be in use;
 * then removes temporary resources only.
 */
export async function cleanUpOperation(engine: Engine): Promise<Outcome> {
  const context = buildContext(engine);
  if (isSaved(context) || (await isInRegistry(context))) return await finishSaved(engine);
  context.goesOnUnwritten = true;
  const reporting = reportRetries(context);
  try {
    return await undoAll(engine, context);
  } finally {
    reporting.dispose();
    context.shell.close();
  }
}

async function runSteps(
  engine: Engine,
  context: MutableStepContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const never = new AbortController().signal;
  for (const { id, step } of await loadSteps(engine)) {
    if (context.outputs[id] !== undefined) continue;
    if (!isSaved(context)) signal.throwIfAborted();
    context.current = id;
    await runStep(step, context, isSaved(context) ? never : signal);
    context.goesOnUnwritten ||= isSaved(context);
  }
  return await complete(engine, context);
}

async function runStep(
  step: Step,
  context: MutableStepContext,
  signal: AbortSignal,
): Promise<void> {
  const { ports, current } = context;
  const wasBegun = context.begunAt.has(current);
  if (!wasBegun) context.begunAt.set(current, ports.clock.now());
  await context.write({ event: 'step', step: current, status: 'running' });
  const found = wasBegun ? await step.find?.(context, signal) : undefined;
  const output = found ?? (await step.run(context, signal));
  const data = output as unknown as StepData;
  await context.write({ event: 'step', step: current, status: 'done', data });
  (context.outputs as Record<StepId, StepOutputs[StepId]>)[current] = output;
}

/** Loads all of them at once: what a run needs is in memory before it makes anything. */
async function loadSteps({
  request,
}: Engine): Promise<readonly { readonly id: StepId; readonly step: Step }[]> {
  return await Promise.all(
    stepsOf(request).map(async ({ id, load }) => {
      const { step } = await load();
      return { id, step };
    }),
  );
}

/** The last step again, also when it was done but could not remove everything. */
async function finishSaved(engine: Engine): Promise<Outcome> {
  const history = engine.history.filter(
    (record) => record.event !== 'step' || record.step !== 'cleanup' || record.status !== 'done',
  );
  return await runOperation({ ...engine, history }, new AbortController().signal);
}

/** A defect in the last step: the server is good, and what may be left is named. */
async function finish(
  engine: Engine,
  context: MutableStepContext,
  error: unknown,
): Promise<Outcome> {
  await context.log(`the clean-up stopped: ${messageOf(error)}`);
  context.leftovers.push(...temporaryThings(context));
  return await complete(engine, context);
}

async function complete(engine: Engine, context: MutableStepContext): Promise<Outcome> {
  const { leftovers } = context;
  await writeEnd(engine, { event: 'complete', server: entryOf(context), leftovers }, leftovers);
  return 'succeeded';
}

async function reportFailure(
  context: MutableStepContext,
  error: unknown,
  resumable = false,
): Promise<void> {
  if (error instanceof CancelledError) await context.write({ event: 'cancel' });
  const known = error instanceof PortlamaError ? error : undefined;
  await context.write({
    event: 'error',
    step: context.current,
    code: known?.code ?? 'unexpected',
    message: messageOf(error),
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
    ...(resumable ? { resumable } : {}),
  });
}

/** Newest first: the server's files and entry, then the droplet, then the key. */
async function undoAll(engine: Engine, context: MutableStepContext): Promise<Outcome> {
  const begun = (await loadSteps(engine)).filter(({ id }) => context.begunAt.has(id)).reverse();
  const items = begun.flatMap(({ step }) => step.undo?.(context) ?? []);
  context.current = begun[0]?.id ?? STEPS[0].id;
  const { clock, timing } = engine.ports;
  const limit = deadline(clock, timing.rollbackMs);
  try {
    const leftovers = await removeAll(items, context, limit.signal);
    await writeEnd(engine, { event: 'rolled-back', leftovers }, leftovers);
    return leftovers.length === 0 ? 'failed' : 'failed-with-leftovers';
  } finally {
    limit.dispose();
  }
}

/**
 * Writes the end of the operation. Without this record the next start finds it interrupted, and
 * ends it again.
 */
async function writeEnd(
  { journal }: Engine,
  entry: JournalEntry,
  leftovers: readonly Resource[],
): Promise<void> {
  await journal.write(entry).catch((error: unknown) => {
    throw new JournalLostError(entry.event === 'complete', leftovers, error);
  });
}

function isSaved({ outputs }: MutableStepContext): boolean {
  return outputs.save_registry !== undefined;
}

/** Killed between saving the server and writing that down. */
async function isInRegistry(context: MutableStepContext): Promise<boolean> {
  if (!context.begunAt.has('save_registry')) return false;
  return (await saveRegistry.find?.(context, new AbortController().signal)) !== undefined;
}

/** Shows the user the waits of the API client. */
function reportRetries(context: MutableStepContext): Disposable {
  const { api, clock } = context.ports;
  return api.onRetry(({ reason, waitMs }) => {
    const seconds = Math.max(1, Math.round(waitMs / 1000));
    context
      .waiting(`${reason}, next try in ${seconds} s`, clock.now() + waitMs)
      // A journal that cannot be written fails the step's own next record.
      .catch(() => undefined);
  });
}
