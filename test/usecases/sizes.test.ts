import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/folder.js';
import { createServer } from '../../src/usecases/create-server.js';
import { retryOperation } from '../../src/usecases/operations.js';
import { listSizes, requireSize } from '../../src/usecases/sizes.js';
import { failed } from '../screens/fixtures/records.js';
import { testWork } from './work.js';

const TOKEN = { suppliedTokens: { environment: SANDBOX_TOKEN } };

describe('sizes', () => {
  it('are basic droplets of no particular make, cheapest first', async () => {
    const { work } = testWork(TOKEN);
    const sizes = await listSizes(undefined, work);
    expect(sizes.map(({ slug }) => slug)).toEqual([
      's-1vcpu-512mb-10gb',
      's-1vcpu-1gb',
      's-1vcpu-2gb',
      's-2vcpu-2gb',
      's-2vcpu-4gb',
      's-4vcpu-8gb',
      's-8vcpu-16gb',
    ]);
    expect(sizes[1]).toMatchObject({ memoryMb: 1024, vcpus: 1, diskGb: 25, priceMonthlyUsd: 6 });
  });

  it('of a region are those that it offers', async () => {
    const { work } = testWork(TOKEN);
    expect((await listSizes('lon1', work))[0]?.slug).toBe('s-1vcpu-1gb');
    for (const region of ['moon1', ''])
      await expect(listSizes(region, work)).rejects.toMatchObject({ code: 'region-invalid' });
  });

  it.each(['s-1vcpu-1gb-amd', 's-1vcpu-1gb-35gb-intel', 'gpu-mi300x1-192gb', 'S-1VCPU-1GB', ''])(
    'are not %j',
    async (slug) => {
      const { work, world } = testWork(TOKEN);
      const form = { region: 'fra1', label: 'edge', size: slug };
      await expect(createServer(form, work)).rejects.toMatchObject({ code: 'size-invalid' });
      expect(world.operations.calls).toEqual([]);
    },
  );

  it('that nobody offers are named', async () => {
    const { work } = testWork(TOKEN);
    const sizes = await listSizes(undefined, work);
    expect(() => requireSize('s-64vcpu-1gb', sizes)).toThrow(
      'No region offers the size s-64vcpu-1gb',
    );
  });

  it('go into the record of the provisioning, and a second attempt keeps them', async () => {
    const { work, world } = testWork(TOKEN);
    const form = { region: 'lon1', label: 'edge', size: 's-1vcpu-1gb' };
    const id = await createServer(form, work);
    expect((await world.operations.get(id))?.request).toMatchObject({ size: 's-1vcpu-1gb' });
    world.operations.write(id, ...failed('wait_ssh'));
    world.operations.killWorker(id);
    await retryOperation(id, work);
    const starts = world.operations.calls.filter((call) => call.startsWith('start'));
    expect(starts).toEqual(['start lon1 edge s-1vcpu-1gb', 'start lon1 edge s-1vcpu-1gb']);
  });
});
