import type { Operation } from '../../../src/services/provisioning/operations.js';
import type { ProvisioningWorld } from '../../fixtures/provisioning-world.js';
import type { CellResult } from '../matrix.js';
import type { CallPoint } from './calls.js';
import type { Kind, Times } from './kinds.js';
import type { Scenario } from './scenarios.js';
import { checkOnline, compareLeftovers, whatIsLeft } from './verdict.js';
import { openWorld } from './world.js';

/** What goes wrong, and how often: with one call, or with everything from one call on. */
export type Trouble =
  | { readonly point: CallPoint; readonly kind: Kind; readonly times: Times }
  | { readonly downFrom: number };

/** Runs a provisioning with this trouble, judges how it ended; then ends it without the trouble, and judges again. */
export async function tryTrouble(scenario: Scenario, trouble: Trouble): Promise<CellResult> {
  const world = await openWorld(scenario);
  try {
    addTrouble(world, trouble);
    const first = nextDropletId(world);
    const outcome = await world.run();
    const operation = await world.operation();
    const violations = [
      ...(await judge(world, operation, trouble)),
      ...mustEnd(operation, scenario, trouble),
    ];
    world.sandbox.controls.clearFaults();
    if (operation.leftovers.length > 0) {
      await world.cleanUp();
      const after = await world.operation();
      const isOnline = after.server !== undefined;
      for (const name of await whatIsLeft(world, isOnline))
        violations.push(`left in the end: ${name}`);
      for (const { id } of after.leftovers) violations.push(`named in the end: ${id}`);
    }
    const created = nextDropletId(world) - first - 1;
    if (created > 1) violations.push(`${created} droplets were created`);
    return { outcome, violations };
  } finally {
    await world.close();
  }
}

function nextDropletId({ sandbox }: ProvisioningWorld): number {
  const id = sandbox.controls.addUnlisted({ name: 'counter' });
  sandbox.controls.vanish(id);
  return id;
}

function addTrouble(world: ProvisioningWorld, trouble: Trouble): void {
  const { controls } = world.sandbox;
  if ('downFrom' in trouble) {
    controls.addFault({ kind: 'reset', times: 'forever', match: { nth: trouble.downFrom } });
    return;
  }
  const { method, path, nth } = trouble.point;
  controls.addFault({ ...trouble.kind.fault, times: trouble.times, match: { method, path, nth } });
}

async function judge(
  world: ProvisioningWorld,
  operation: Operation,
  trouble: Trouble,
): Promise<string[]> {
  const isOnline = operation.server !== undefined;
  const apiAnswers = 'point' in trouble && trouble.times !== 'forever';
  const canLook = apiAnswers || ('point' in trouble && trouble.point.method !== 'GET');
  return [
    ...compareLeftovers(await whatIsLeft(world, isOnline), operation, canLook),
    ...(apiAnswers
      ? operation.leftovers.map(({ id }) => `left over though the API answers: ${id}`)
      : []),
    ...(isOnline ? await checkOnline(world) : explained(operation)),
  ];
}

/** A failure says what happened; what to do is said for each code (test/words/errors.test.ts). */
function explained({ error }: Operation): string[] {
  if (error === undefined) return ['it failed without an error'];
  return error.code === 'unexpected' ? [`an unexpected error: ${error.message}`] : [];
}

/** One fault that passes changes nothing about the end. */
function mustEnd(operation: Operation, scenario: Scenario, trouble: Trouble): string[] {
  const passes = 'point' in trouble && trouble.times === 1;
  const expected = scenario.ends;
  if (!passes || operation.status === expected) return [];
  const { error } = operation;
  return [`it is ${operation.status}: ${error?.step} ${error?.code} ${error?.message}`];
}
