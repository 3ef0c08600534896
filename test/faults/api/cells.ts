import type { Cell } from '../matrix.js';
import { type CallPoint, callPoints } from './calls.js';
import { tryTrouble } from './cell.js';
import { KINDS, READ_KINDS, TIMES } from './kinds.js';
import { type Scenario, SCENARIOS } from './scenarios.js';
import { openWorld } from './world.js';

/** Every call of every scenario with every kind of fault, once, three times, for ever; and all calls from it on. */
export async function apiFaultCells(): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  const known = new Set<string>();
  const traces = await Promise.all(SCENARIOS.map(traceCalls));
  for (const [index, { points, calls }] of traces.entries()) {
    const scenario = SCENARIOS[index]!;
    const fresh = points.filter(({ name }) => !known.has(name));
    for (const { name } of fresh) known.add(name);
    cells.push(...fresh.flatMap((point) => pointCells(scenario, point)));
    if (scenario.name === 'a good run' || scenario.name === 'a clean-up') {
      cells.push(...downCells(scenario, calls));
    }
  }
  return cells;
}

async function traceCalls(
  scenario: Scenario,
): Promise<{ readonly points: readonly CallPoint[]; readonly calls: number }> {
  const world = await openWorld(scenario);
  try {
    const before = world.sandbox.calls.length;
    await world.run();
    const calls = world.sandbox.calls.slice(before);
    const points = callPoints(calls);
    return { points, calls: calls.filter(({ method }) => method !== 'CONNECT').length };
  } finally {
    await world.close();
  }
}

function pointCells(scenario: Scenario, point: CallPoint): readonly Cell[] {
  const kinds = point.method === 'GET' ? READ_KINDS : KINDS;
  return kinds.flatMap((kind) =>
    TIMES.map((times) => ({
      name: `${scenario.name}, ${point.name}, ${kind.name}, ${times}`,
      isLong: times === 'forever' && isLookForDroplet(point),
      run: () => tryTrouble(scenario, { point, kind, times }),
    })),
  );
}

/** A droplet that nobody can look at is waited for as long as one may take to boot. */
function isLookForDroplet({ method, path }: CallPoint): boolean {
  return method === 'GET' && path.startsWith('/v2/droplets');
}

function downCells(scenario: Scenario, calls: number): readonly Cell[] {
  return Array.from({ length: calls }, (_, index) => ({
    name: `${scenario.name}, all down from call ${index + 1}`,
    run: () => tryTrouble(scenario, { downFrom: index + 1 }),
  }));
}
