import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SANDBOX_TOKEN } from '../../../src/sandbox/tokens.js';
import { journalPath } from '../../../src/services/provisioning/journal/journal.js';
import { readJournal } from '../../fixtures/read-journal.js';
import { type Cell, type CellResult, sample } from '../matrix.js';
import { CHOICE, judge, killedAt } from './cell.js';
import { type CrashStore, type CrashWorld, openCrashWorld } from './crash-world.js';
import { type Point, pointsOf, type Trace } from './points.js';

const RECOVERIES = ['resume', 'cleanup'] as const;
type Recovery = (typeof RECOVERIES)[number];

/** An operation whose worker was killed right after it began this step, and what the person answered. */
interface Interruption {
  readonly store: CrashStore;
  readonly step: 'create_droplet' | 'install_portlama' | 'save_registry' | 'cleanup';
  readonly recovery: Recovery;
}

const LOCK_TRIES = 100;
const LOCK_PAUSE_MS = 50;
const STORES = ['sandbox', 'vault'] as const;
const STEPS = ['create_droplet', 'install_portlama', 'save_registry', 'cleanup'] as const;

/**
 * Each recovery is killed at each of its points, and then asked for again: by the program, for its exit code. `count`: of
 * so many recoveries alone. Two workers run to find the points of each.
 */
export async function recoveryCells(
  count = STEPS.length * RECOVERIES.length,
): Promise<readonly Cell[]> {
  const recoveries = RECOVERIES.flatMap((recovery) =>
    STEPS.map((step): Omit<Interruption, 'store'> => ({ step, recovery })),
  );
  return (await Promise.all(sample(recoveries, count).map(cellsOf))).flat();
}

async function cellsOf(recovery: Omit<Interruption, 'store'>): Promise<readonly Cell[]> {
  // Both stores make a run of the same records and calls.
  const points = pointsOf(await traceRecovery({ ...recovery, store: 'sandbox' }));
  return points
    .filter((point) => !isMinor(point))
    .flatMap((point) => STORES.map((store) => cellOf({ ...recovery, store }, point)));
}

function cellOf(interruption: Interruption, point: Point): Cell {
  const { store, step, recovery } = interruption;
  const name = `${store}, ${recovery} after ${step}, killed ${point.name}`;
  return { name, run: () => killRecovery(interruption, point) };
}

/** The matrix of whole runs has them: half a record is as good as none, and progress is told again. */
function isMinor(point: Point): boolean {
  return point.kind === 'record' && (point.moment === 'torn' || point.isProgress);
}

async function traceRecovery(interruption: Interruption): Promise<Trace> {
  const world = await openCrashWorld(interruption.store);
  try {
    const id = await interrupt(world, interruption);
    const recordsOf = async (): Promise<Trace['records']> =>
      (await readJournal(journalPath(world.home, id))) ?? [];
    const before = { records: (await recordsOf()).length, calls: world.sandbox.calls.length };
    await begin(world, id, interruption.recovery);
    await world.workerEnd();
    const calls = world.sandbox.calls
      .slice(before.calls)
      .filter(({ method }) => method !== 'CONNECT')
      .map(({ method, target }) => `${method} ${target.replace(/\?.*/, '')}`);
    return { records: (await recordsOf()).slice(before.records), calls };
  } finally {
    await world.close();
  }
}

async function killRecovery(interruption: Interruption, point: Point): Promise<CellResult> {
  const { store, recovery } = interruption;
  const world = await openCrashWorld(store);
  try {
    const id = await interrupt(world, interruption);
    await killedAt(world, point, async () => await begin(world, id, recovery));
    world.sandbox.controls.clearFaults();
    const killed = await world.operations.get(id);
    if (killed === undefined) return { outcome: 'forgotten', violations: ['it is forgotten'] };
    const { status, cleanUpBegun } = killed;
    // It had written its end.
    if (status === 'succeeded' || status === 'failed') return await judge(world, killed);
    const answer = cleanUpBegun ? 'cleanup' : recovery;
    const { exitCode, stdout, stderr } = await world.command(['operations', answer, id]);
    await lastWorkerGone(world);
    const after = (await world.operations.get(id)) ?? killed;
    const result = await judge(world, after, answer === 'resume' ? answer : 'clean up');
    const created = world.createdDroplets();
    return {
      outcome: result.outcome,
      violations: [
        ...result.violations,
        ...(exitCode === 0 ? [] : [`exit code ${exitCode}: ${stderr} ${stdout.slice(-500)}`]),
        ...(created > 1 ? [`${created} droplets were created`] : []),
      ],
    };
  } finally {
    await world.close();
  }
}

/** A command ends with the journal; its worker a moment later, with its lock. */
async function lastWorkerGone({ home }: CrashWorld): Promise<void> {
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    if (!existsSync(join(home, '.provisioning.lock'))) return;
    await delay(LOCK_PAUSE_MS);
  }
}

/** Resolves to the operation's id. */
async function interrupt(world: CrashWorld, { step }: Interruption): Promise<string> {
  world.crashAt = `"step":"${step}","status":"running" after`;
  const id = await world.operations.start(CHOICE, SANDBOX_TOKEN);
  await world.workerEnd();
  world.crashAt = undefined;
  return id;
}

async function begin(world: CrashWorld, id: string, recovery: Recovery): Promise<void> {
  if (recovery === 'resume') await world.operations.resume(id, { token: SANDBOX_TOKEN });
  else await world.operations.cancel(id, SANDBOX_TOKEN);
}
