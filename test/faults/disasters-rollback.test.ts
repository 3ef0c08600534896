import { describe, expect, it, onTestFinished } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { journalPath, readJournal } from '../../src/services/provisioning/journal.js';
import type { JournalRecord } from '../../src/services/provisioning/records.js';
import { traceRun } from './crash/cell.js';
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

/** Of a run that cleans up by itself: which of the worker's records is the first removal, counted from 1. */
async function firstRemoval(): Promise<number> {
  const { records } = await traceRun('fails');
  return records.findIndex(({ event }) => event === 'rollback') + 1;
}

describe('a clean-up that is killed twice', { timeout: LIMIT_MS }, () => {
  it('is finished by the third, however far the others came', async () => {
    const world = await aWorld();
    const first = await firstRemoval();
    // Right after it began to remove the files; then, in the second worker, before it can say that the droplet is gone.
    world.crashAt = `${first} after`;
    const id = await world.operations.start({ region: 'fra1', label: 'edge' }, SANDBOX_TOKEN);
    await world.workerEnd();
    expect(await world.operations.get(id)).toMatchObject({
      status: 'interrupted',
      cleanUpBegun: true,
    });
    expect(world.droplets()).toHaveLength(1);

    const before = (await recordsOf(world, id)).length;
    world.crashAt = await beforeTheDropletIsSaidToBeGone();
    await world.operations.cancel(id, SANDBOX_TOKEN);
    await world.workerEnd();
    expect((await recordsOf(world, id)).length).toBeGreaterThan(before);
    expect(await world.operations.get(id)).toMatchObject({
      status: 'interrupted',
      cleanUpBegun: true,
    });
    await expect(world.operations.resume(id, SANDBOX_TOKEN)).rejects.toMatchObject({
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
    world.crashAt = `${await firstRemoval()} after`;
    const id = await world.operations.start({ region: 'fra1', label: 'edge' }, SANDBOX_TOKEN);
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
        removeBy: `It is free; delete the tag ${tag} in the DigitalOcean console.`,
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

/** The second worker writes: worker, then two records for each thing; files and credential come before the droplet. */
async function beforeTheDropletIsSaidToBeGone(): Promise<string> {
  const { records } = await traceRun('fails');
  const removals = records.filter(({ event }) => event === 'rollback');
  const droplet = removals.findIndex(
    (record) =>
      record.event === 'rollback' &&
      record.resource.kind === 'droplet' &&
      record.status === 'removed',
  );
  return `${1 + droplet + 1} before`;
}
