/**
 * Takes the critical conditions of the source away, one at a time, in a copy of the checkout, and expects the named
 * test to fail. Before that the same tests must be green.
 * Run with: npm run test:mutants [-- part of a record's file, test or reason]; MUTANTS_SHARD=1/4 runs a quarter.
 */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, outdated, titleOf } from './mutant.js';
import { MUTANTS } from './mutants.js';
import { type TestOutcome, Workspace } from './workspace.js';

const CHECKOUT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** One for each core: most of the time of a run is the start of vitest. */
const LANES = 2;
const OUTPUT_LENGTH = 2000;

process.exitCode = await main();

async function main(): Promise<number> {
  const start = performance.now();
  const mutants = chosen();
  // Before anything is copied: a record that is out of date is told at once.
  const wrong = outdated(CHECKOUT, mutants);
  for (const text of wrong) console.log(`OUT OF DATE ${text}`);
  if (wrong.length > 0) return verdict(0, wrong.length);
  const lanes = await openLanes();
  try {
    const failures = await inLanes(lanes, groupsOf(mutants), proveGreen);
    if (failures === 0) {
      const lived = await inLanes(lanes, mutants, proveFound);
      console.log(
        `mutants: ${mutants.length}, ${Math.round((performance.now() - start) / 1000)} s`,
      );
      console.log(`${mutants.length - lived} passed, ${lived} failed`);
      return lived === 0 ? 0 : 1;
    }
    console.log(`0 passed, ${failures} failed`);
    return 1;
  } finally {
    for (const lane of lanes) await lane.close();
  }
}

function verdict(passed: number, failed: number): number {
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

function chosen(): readonly Mutant[] {
  const wanted = process.argv[2] ?? '';
  const [, number = '1', count = '1'] =
    /^(\d+)\/(\d+)$/.exec(process.env['MUTANTS_SHARD'] ?? '1/1') ?? [];
  const named = MUTANTS.filter((mutant) => `${titleOf(mutant)} ${mutant.test}`.includes(wanted));
  return named.filter((_, index) => index % Number(count) === Number(number) - 1);
}

async function openLanes(): Promise<readonly Workspace[]> {
  const lanes: Workspace[] = [];
  process.on('exit', () => {
    for (const { root } of lanes) rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });
  process.on('SIGINT', () => process.exit(130));
  process.on('SIGTERM', () => process.exit(143));
  for (let lane = 0; lane < LANES; lane++) lanes.push(await Workspace.open(CHECKOUT));
  return lanes;
}

/** Counts those that fail. */
async function inLanes<T>(
  lanes: readonly Workspace[],
  all: readonly T[],
  prove: (lane: Workspace, one: T) => Promise<boolean>,
): Promise<number> {
  const queue = [...all];
  let failures = 0;
  const work = async (lane: Workspace): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (!(await prove(lane, next))) failures++;
    }
  };
  await Promise.all(lanes.map(work));
  return failures;
}

/** Tests that are run without a mutant in one run of vitest. */
interface Group {
  readonly files: readonly string[];
  readonly names: string | undefined;
  readonly mutants: readonly Mutant[];
}

/** Files that are run whole, and those of which some tests are. */
function groupsOf(mutants: readonly Mutant[]): readonly Group[] {
  const groups: Group[] = [];
  for (const isWhole of [true, false]) {
    const own = mutants.filter(({ only }) => (only === undefined) === isWhole);
    const files = [...new Set(own.map(({ test }) => test))];
    const names = isWhole ? undefined : own.map(({ only }) => only).join('|');
    if (files.length > 0) groups.push({ files, names, mutants: own });
  }
  return groups;
}

async function proveGreen(lane: Workspace, { files, names, mutants }: Group): Promise<boolean> {
  const outcome = await lane.runTests(files, names);
  for (const name of outcome.failed) console.log(`RED WITHOUT A MUTANT ${name}`);
  if (outcome.failed.length > 0) return false;
  const idle = mutants.filter(({ only }) => {
    const pattern = new RegExp(only ?? '');
    return !outcome.passed.some((name) => pattern.test(name));
  });
  if (idle.length === 0) return true;
  for (const mutant of idle) console.log(`NO SUCH TEST ${mutant.test} ${mutant.only ?? ''}`);
  console.log(lastOf(outcome));
  return false;
}

async function proveFound(lane: Workspace, mutant: Mutant): Promise<boolean> {
  const start = performance.now();
  const outcome = await lane.runWith(mutant);
  const isFound = outcome.failed.length > 0;
  console.log(
    `${isFound ? 'found' : 'LIVES'}  ${secondsSince(start).padStart(7)}  ${titleOf(mutant)}`,
  );
  if (isFound) return true;
  const why =
    outcome.passed.length > 0 ? `${mutant.test} stays green` : `no test ran:\n${lastOf(outcome)}`;
  console.log(`  ${mutant.find}\n  → ${mutant.replace}\n  ${why}`);
  return false;
}

function lastOf({ output }: TestOutcome): string {
  return output.slice(-OUTPUT_LENGTH);
}
