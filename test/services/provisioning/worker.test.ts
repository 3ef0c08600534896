import { describe, expect, it } from 'vitest';
import { createDigitalOcean } from '../../../src/services/digitalocean/client.js';
import { systemClock } from '../../../src/core/time.js';
import { SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { runWorker, type WorkerMode } from '../../../src/services/provisioning/worker/worker.js';
import { type ProvisioningWorld, provisioningWorld } from '../../fixtures/provisioning.js';

/** A provisioning that failed, and left its droplet since that cannot be deleted. */
async function failedWorld(): Promise<ProvisioningWorld> {
  const world = await provisioningWorld();
  world.sandbox.controls.addDropletFault({ kind: 'wrong-host-key' });
  world.sandbox.controls.addFault({
    kind: 'status',
    status: 403,
    match: { method: 'DELETE', path: '/v2/droplets/*' },
    times: 'forever',
  });
  expect(await world.run()).toBe('failed-with-leftovers');
  world.sandbox.controls.clearFaults();
  return world;
}

function work(world: ProvisioningWorld, mode: WorkerMode, token = world.token): Promise<string> {
  const api = createDigitalOcean({ baseUrl: world.sandbox.url, token, clock: systemClock });
  return runWorker({
    home: world.home,
    operationId: world.request.id,
    mode,
    clock: systemClock,
    redactor: world.ports.redactor,
    performUpkeep: () => Promise.reject(new Error('no server is worked on')),
    endUpkeep: () => Promise.resolve([]),
    buildPorts: () => Promise.resolve({ ...world.ports, api }),
    signal: new AbortController().signal,
  });
}

describe('a worker', () => {
  it('with a token of another account changes nothing there, nor in the journal', async () => {
    const world = await failedWorld();
    const records = await world.records();
    await expect(work(world, 'cleanup', SANDBOX_TOKENS.warning.token)).rejects.toMatchObject({
      code: 'other-account',
    });
    expect(await world.records()).toEqual(records);
    expect((await world.operation()).status).toBe('failed-with-leftovers');
    expect(world.created().droplets).toHaveLength(1);

    expect(await work(world, 'cleanup')).toBe('failed');
    expect(world.created().droplets).toEqual([]);
  });

  it('does not run an operation once more that has ended', async () => {
    const world = await failedWorld();
    const records = await world.records();
    await expect(work(world, 'run')).rejects.toMatchObject({ code: 'not-resumable' });
    expect(await world.records()).toEqual(records);
  });
});
