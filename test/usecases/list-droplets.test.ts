import { expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { listDroplets } from '../../src/usecases/list-droplets.js';
import { droplet, dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, LAB } from '../app/fakes/fake-world.js';
import { testWork } from './work.js';

const TOKEN = { suppliedTokens: { environment: SANDBOX_TOKEN } };

it('lists every managed droplet, and marks only those that nothing here answers for', async () => {
  const { work, world } = testWork({ servers: [EDGE, LAB], ...TOKEN });
  world.addDroplet(dropletOf(EDGE));
  world.addDroplet({ ...droplet(7), name: 'portlama-lost', priceMonthlyUsd: 6 });
  const id = world.operations.add({ label: 'new', region: 'fra1' });
  world.addDroplet({ ...droplet(8), tags: [...droplet(8).tags, `portlama:op:${id}`] });
  world.addDroplet(droplet(9, ['web']));
  const list = await listDroplets(work);
  const shown = list.droplets.map(({ droplet: { id: number }, server, operation, unlisted }) => ({
    number,
    server,
    operation,
    unlisted,
  }));
  expect(shown).toEqual([
    { number: Number(EDGE.providerId), server: EDGE.label, operation: undefined, unlisted: false },
    { number: 7, server: undefined, operation: undefined, unlisted: true },
    { number: 8, server: undefined, operation: id, unlisted: false },
  ]);
  expect(list.unlisted.map((found) => found.droplet.id)).toEqual([7]);
  expect(list.gone).toEqual([LAB]);
});

it('needs a token', async () => {
  await expect(listDroplets(testWork({}).work)).rejects.toMatchObject({ code: 'token-missing' });
});
