import { DEFAULT_SIZE } from '../../../src/core/product.js';
import { PortlamaError } from '../../../src/core/errors.js';
import { journalPath } from '../../../src/services/provisioning/journal/journal.js';
import { readJournal } from '../../fixtures/read-journal.js';
import type { Operation } from '../../../src/services/provisioning/operations.js';
import type { CellResult } from '../matrix.js';
import { CRASH_TOKEN, type CrashWorld, DOMAIN, openCrashWorld, ZONE } from './crash-world.js';
import type { Answer, Point, Trace } from './points.js';
import { checkNothingLeft, checkOnline } from './verdict.js';

/** A run that succeeds, and one whose installer fails, so that it cleans up by itself. */
export type Scenario = 'succeeds' | 'fails';

export const CHOICE = { region: 'fra1', label: 'edge', size: DEFAULT_SIZE };
/** With a domain whose name leads elsewhere before. */
const WITH_DOMAIN = { ...CHOICE, domain: { name: DOMAIN, zone: ZONE, override: true } };
const POLL_MS = 3;

/** One run without a crash. */
export async function traceRun(scenario: Scenario): Promise<Trace> {
  const world = await openWorld(scenario);
  try {
    const id = await world.operations.start(WITH_DOMAIN, CRASH_TOKEN);
    await world.workerEnd();
    const records = (await readJournal(journalPath(world.home, id))) ?? [];
    const calls = world.sandbox.calls
      .slice(world.callsBefore)
      .filter(({ method }) => method !== 'CONNECT')
      .map(({ method, target }) => `${method} ${target.replace(/\?.*/, '')}`);
    // The first record is its starter's.
    return { records: records.slice(1), calls };
  } finally {
    await world.close();
  }
}

/** Kills a worker at this point, answers, and looks at what is left. */
export async function crashAndAnswer(
  scenario: Scenario,
  point: Point,
  answer: Answer,
): Promise<CellResult> {
  const world = await openWorld(scenario);
  try {
    const id = await crash(world, point);
    const operation = id === undefined ? undefined : await world.operations.get(id);
    // Killed before it wrote anything: nothing began, and nothing is listed.
    const result =
      operation === undefined
        ? { outcome: 'nothing began', violations: await checkNothingLeft(world, true) }
        : await recover(world, operation, answer);
    const created = world.createdDroplets();
    const violations = [...result.violations];
    if (created > 1) violations.push(`${created} droplets were created`);
    return { ...result, violations };
  } finally {
    await world.close();
  }
}

async function openWorld(scenario: Scenario): Promise<CrashWorld> {
  const world = await openCrashWorld();
  if (scenario === 'fails') {
    const message = 'npm registry is not reachable';
    world.sandbox.controls.addDropletFault({
      kind: 'install-fails',
      step: 'deploy_panel',
      message,
    });
  }
  return world;
}

/** Resolves to the operation's id; undefined when its start was refused since the worker was dead by then. */
async function crash(world: CrashWorld, point: Point): Promise<string | undefined> {
  return await killedAt(world, point, () => world.operations.start(WITH_DOMAIN, CRASH_TOKEN));
}

/** Kills the worker that `start` starts at this point; undefined when that was before it took anything up. */
export async function killedAt<T>(
  world: CrashWorld,
  point: Point,
  start: () => Promise<T>,
): Promise<T | undefined> {
  if (point.kind === 'record') world.crashAt = `${point.number} ${point.moment}`;
  else {
    const { number: nth, acts } = point;
    world.sandbox.controls.addFault({ kind: 'hang', acts, match: { nth } });
  }
  const watch = watchForHeldCall(world);
  const started = await start().catch((error: unknown) => {
    if (error instanceof PortlamaError && error.code === 'worker-not-started') return undefined;
    throw error;
  });
  await world.workerEnd();
  watch.stop();
  world.crashAt = undefined;
  return started;
}

function watchForHeldCall(world: CrashWorld): { stop(): void } {
  const timer = setInterval(() => {
    if (world.sandbox.calls.some(({ held }) => held)) world.kill();
  }, POLL_MS);
  return { stop: () => clearInterval(timer) };
}

async function recover(
  world: CrashWorld,
  operation: Operation,
  answer: Answer,
): Promise<CellResult> {
  const { id, status } = operation;
  if (status === 'succeeded' || status === 'failed') return await judge(world, operation);
  if (status !== 'interrupted') return { outcome: status, violations: [`it is ${status}`] };
  const { operations } = world;
  if (answer === 'resume' && operation.cleanUpBegun) {
    const refused = await operations.resume(id, { token: CRASH_TOKEN }).then(
      () => false,
      (error: unknown) => error instanceof PortlamaError && error.code === 'not-resumable',
    );
    if (!refused) return { outcome: 'broken', violations: ['a clean-up was resumed'] };
    await operations.cancel(id, CRASH_TOKEN);
  } else if (answer === 'resume') await operations.resume(id, { token: CRASH_TOKEN });
  else await operations.cancel(id, CRASH_TOKEN);
  const said = await world.workerEnd();
  const after = await operations.get(id);
  const result = await judge(world, after ?? operation, answer);
  return said === '' ? result : { ...result, violations: [...result.violations, said] };
}

/** A server that was saved stays whatever the answer; without an answer the run had ended before it was killed. */
export async function judge(
  world: CrashWorld,
  operation: Operation,
  answer?: Answer,
): Promise<CellResult> {
  const isSaved = operation.steps.some(
    ({ id, status }) => id === 'save_registry' && status === 'done',
  );
  const mustBeOnline = isSaved || (answer === 'resume' && !operation.cleanUpBegun);
  const expected = mustBeOnline ? 'succeeded' : 'failed';
  const violations = [
    ...(operation.status === expected ? [] : [describeEnd(operation)]),
    ...operation.leftovers.map(({ kind, id }) => `named as left over: ${kind} ${id}`),
    ...(mustBeOnline
      ? await checkOnline(world, operation, answer === undefined)
      : await checkNothingLeft(world, answer === undefined)),
  ];
  const how =
    answer === undefined ? 'before the kill' : answer === 'resume' ? 'resumed' : 'cleaned up';
  return { outcome: mustBeOnline ? `online (${how})` : `nothing left (${how})`, violations };
}

function describeEnd({ status, error }: Operation): string {
  return `it is ${status}${error === undefined ? '' : `: ${error.step} ${error.code} ${error.message}`}`;
}
