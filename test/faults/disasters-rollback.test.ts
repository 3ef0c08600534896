import { DEFAULT_SIZE } from '../../src/core/product.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { journalPath } from '../../src/services/provisioning/journal/journal.js';
import { readJournal } from '../fixtures/read-journal.js';
import type { JournalRecord } from '../../src/services/provisioning/journal/records.js';
import { type CrashWorld, openCrashWorld } from './crash/crash-world.js';
import { checkNothingLeft } from './crash/verdict.js';

const LIMIT_MS = 120_000;

async function aWorld(): Promise<CrashWorld> {
  const world = await openCrashWorld();
  onTestFinished(() => world.close());
  world.sandbox.controls.addDropletFault({
    kind: 'install-fails',
    step: 'deploy_panel',
    message: 'npm registry is not reachable',
  });
  return world;
}

async function recordsOf(world: CrashWorld, id: string): Promise<readonly JournalRecord[]> {
  return (await readJournal(journalPath(world.home, id))) ?? [];
}

/** Right after it was written that the first thing, the droplet, is about to be removed. */
const AS_IT_BEGINS = '"event":"rollback" after';
/** The droplet is gone, and that is not written yet. */
const BEFORE_IT_SAYS_SO = '"status":"removed" before';

describe('a clean-up that is killed twice', { timeout: LIMIT_MS }, () => {
  it('is finished by the third, however far the others came', async () => {
    const world = await aWorld();
    world.crashAt = AS_IT_BEGINS;
    const id = await world.operations.start(
      { region: 'fra1', label: 'edge', size: DEFAULT_SIZE },
      SANDBOX_TOKEN,
    );
    await world.workerEnd();
    expect(await world.operations.get(id)).toMatchObject({
      status: 'interrupted',
      cleanUpBegun: true,
    });
    expect(world.droplets()).toHaveLength(1);

    const before = (await recordsOf(world, id)).length;
    world.crashAt = BEFORE_IT_SAYS_SO;
    await world.operations.cancel(id, SANDBOX_TOKEN);
    await world.workerEnd();
    expect((await recordsOf(world, id)).length).toBeGreaterThan(before);
    expect(await world.operations.get(id)).toMatchObject({
      status: 'interrupted',
      cleanUpBegun: true,
    });
    expect(world.droplets()).toEqual([]);
    await expect(world.operations.resume(id, { token: SANDBOX_TOKEN })).rejects.toMatchObject({
      code: 'not-resumable',
    });

    world.crashAt = undefined;
    await world.operations.cancel(id, SANDBOX_TOKEN);
    expect(await world.workerEnd()).toBe('');
    expect(await world.operations.get(id)).toMatchObject({ status: 'failed', leftovers: [] });
    expect(await checkNothingLeft(world, false)).toEqual([]);
    const workers = (await recordsOf(world, id)).filter(({ event }) => event === 'worker');
    expect(workers).toHaveLength(3);
  });

  it('and cannot delete then names exactly what is left, until it is gone', async () => {
    const world = await aWorld();
    world.crashAt = AS_IT_BEGINS;
    const id = await world.operations.start(
      { region: 'fra1', label: 'edge', size: DEFAULT_SIZE },
      SANDBOX_TOKEN,
    );
    await world.workerEnd();
    world.crashAt = '2 torn';
    await world.operations.cancel(id, SANDBOX_TOKEN);
    await world.workerEnd();
    world.crashAt = undefined;
    world.sandbox.controls.addFault({
      kind: 'status',
      status: 403,
      match: { method: 'DELETE', path: '/v2/droplets/*' },
      times: 'forever',
    });
    await world.operations.cancel(id, SANDBOX_TOKEN);
    await world.workerEnd();
    const [droplet] = world.droplets();
    const tag = `portlama:op:${id}`;
    const operation = await world.operations.get(id);
    expect(operation?.status).toBe('failed-with-leftovers');
    expect(operation?.leftovers).toEqual([
      {
        kind: 'droplet',
        id: String(droplet?.id),
        monthlyUsd: 4,
        removeBy: `Destroy it at https://cloud.digitalocean.com/droplets/${droplet?.id}/destroy`,
      },
      {
        kind: 'tag',
        id: tag,
        monthlyUsd: 0,
        removeBy: `It costs nothing; delete the tag ${tag} in the DigitalOcean console.`,
      },
    ]);
    const { keys } = world.sandbox.state();
    expect(keys).toEqual([]);

    world.sandbox.controls.clearFaults();
    await world.operations.cancel(id, SANDBOX_TOKEN);
    await world.workerEnd();
    expect(await world.operations.get(id)).toMatchObject({ status: 'failed', leftovers: [] });
    expect(await checkNothingLeft(world, false)).toEqual([]);
  });
});
