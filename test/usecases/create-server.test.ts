import { describe, expect, it } from 'vitest';
import { REGIONS } from '../../src/sandbox/fixtures.js';
import { SANDBOX_TOKEN } from '../../src/sandbox/folder.js';
import type { ChosenKeystore } from '../../src/services/keystore/choose-keystore.js';
import { ProvisioningError } from '../../src/services/provisioning/errors.js';
import { createServer } from '../../src/usecases/create-server.js';
import { findOffer, requireRegion, requireRegionsWith } from '../../src/usecases/regions.js';
import { openApi } from '../../src/usecases/token.js';
import { FakeKeystore } from '../app/fakes/fake-keystore.js';
import { EDGE, type FakeWorld } from '../app/fakes/fake-world.js';
import { testWork } from './work.js';

const TOKEN = { suppliedTokens: { environment: SANDBOX_TOKEN } };

/** Regions answer as soon as they are asked. */
function latencies({ latency }: FakeWorld, medians: Readonly<Record<string, number>>): void {
  setTimeout(() => {
    for (const slug of latency.measured)
      if (medians[slug] === undefined) latency.fail(slug);
      else latency.answer(slug, medians[slug]);
    latency.end();
  });
}

describe('createServer', () => {
  it('starts one worker with the token, and keeps the program open meanwhile', async () => {
    const { work, world, face } = testWork(TOKEN);
    const id = await createServer({ region: 'fra1', label: 'edge' }, work);
    expect(world.operations.calls).toEqual(['start fra1 edge']);
    expect(world.operations.tokens).toEqual([SANDBOX_TOKEN]);
    expect(await world.operations.get(id)).toMatchObject({ status: 'running' });
    face.finish();
  });

  it('takes the next label of its region where none is given', async () => {
    const { work, world } = testWork({ ...TOKEN, servers: [{ ...EDGE, label: 'portlama-fra1' }] });
    await createServer({ region: 'fra1', label: undefined }, work);
    expect(world.operations.calls).toEqual(['start fra1 portlama-fra1-2']);
  });

  it.each([
    [
      { region: 'fra1', label: 'fra1-edge' },
      'label-taken',
      'There is already a server called fra1-edge.',
    ],
    [{ region: 'fra1', label: 'held' }, 'label-taken', 'A server called held is being created.'],
    [{ region: 'fra1', label: 'Held' }, 'label-invalid', 'Lowercase letters only.'],
    [{ region: 'fra1', label: '' }, 'label-invalid', 'at least one character'],
    [{ region: 'Frankfurt', label: 'lab' }, 'region-invalid', '"Frankfurt" is not a region.'],
    [{ region: undefined, label: 'lab' }, 'region-missing', 'Which region'],
  ])('refuses %j as %s', async (form, code, message) => {
    const { work, world } = testWork({ ...TOKEN, servers: [EDGE] });
    world.operations.killWorker(world.operations.add({ label: 'held', region: 'fra1' }));
    await expect(createServer(form, work)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    expect(world.operations.calls).toEqual([]);
  });

  const [FRA1, OTHER] = [
    REGIONS.find(({ slug }) => slug === 'fra1')!,
    REGIONS.find(({ slug }) => slug === 'nyc1')!,
  ];
  it.each([
    ['no region', [], 'region-none'],
    ['other regions only', [OTHER], 'region-unavailable'],
    ['it closed', [{ ...FRA1, available: false }, OTHER], 'region-unavailable'],
    ['it without the size', [{ ...FRA1, sizes: [] }, OTHER], 'region-unavailable'],
  ])('refuses a region before it starts where the form knows of %s', async (_, regions, code) => {
    const { work, world } = testWork(TOKEN);
    const form = { region: 'fra1', label: 'lab', regions };
    await expect(createServer(form, work)).rejects.toMatchObject({ code });
    expect(world.operations.calls).toEqual([]);
  });

  it('needs a token before anything else', async () => {
    const { work } = testWork({});
    const form = { region: 'Frankfurt', label: 'Held' };
    await expect(createServer(form, work)).rejects.toMatchObject({ code: 'token-missing' });
  });

  it('is one at a time', async () => {
    const { work, world, face } = testWork(TOKEN);
    world.operations.startFailure = new ProvisioningError({
      code: 'provisioning-in-progress',
      message: 'Another provisioning operation is in progress.',
    });
    const form = { region: 'fra1', label: 'edge' };
    await expect(createServer(form, work)).rejects.toMatchObject({
      code: 'provisioning-in-progress',
    });
    face.finish();
  });

  it.each([true, false])(
    'keeps secrets in memory only if the program stays: ends %s',
    async (endsProgram) => {
      const memory = Object.assign(new FakeKeystore(), { kind: 'session' });
      const stores = Object.assign(memory, {
        choose: async () => memory,
      }) as unknown as ChosenKeystore;
      const { work, world } = testWork({ ...TOKEN, stores });
      const created = createServer({ region: 'fra1', label: 'edge' }, { ...work, endsProgram });
      if (endsProgram)
        await expect(created).rejects.toMatchObject({ code: 'session-store-useless' });
      else await created;
      expect(world.operations.calls).toHaveLength(endsProgram ? 0 : 1);
    },
  );

  it('chooses the fastest region that has the size, in the sandbox alone', async () => {
    const { work, world, face } = testWork({ ...TOKEN, facts: { sandbox: true } });
    latencies(world, { fra1: 30, ams3: 12, lon1: 1 });
    await createServer({ region: undefined, label: undefined }, work);
    expect(world.operations.calls).toEqual(['start ams3 portlama-ams3']);
    expect(face.said).toEqual([expect.stringMatching(/^Fastest region: .* \(ams3\), 12 ms\.$/)]);
  });

  it('chooses no region that could not be measured', async () => {
    const { work, world } = testWork({ ...TOKEN, facts: { sandbox: true } });
    latencies(world, {});
    await expect(createServer({ region: undefined, label: undefined }, work)).rejects.toMatchObject(
      {
        code: 'region-unmeasured',
      },
    );
  });
});

describe('findOffer', () => {
  it('names the regions with the size, and its price', async () => {
    const { work } = testWork(TOKEN);
    const offer = await findOffer(await openApi(work), work);
    const regions = requireRegionsWith(offer.regions, 's-1vcpu-512mb-10gb');
    expect(offer.sizes[0]).toMatchObject({ slug: 's-1vcpu-512mb-10gb', priceMonthlyUsd: 4 });
    expect(requireRegion('', regions)).toBe(regions[0]);
    expect(requireRegion('fra1', regions).slug).toBe('fra1');
    expect(() => requireRegion('lon1', regions)).toThrow('"lon1" is not one of these regions.');
  });

  it('refuses a size that no region has', async () => {
    const { work } = testWork(TOKEN);
    const { regions } = await findOffer(await openApi(work), work);
    expect(() => requireRegionsWith(regions, 's-none')).toThrow(
      'No region offers the size s-none at the moment.',
    );
  });
});
