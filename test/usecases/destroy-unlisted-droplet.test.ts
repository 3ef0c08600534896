import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import type { Droplet } from '../../src/services/digitalocean/api.js';
import { destroyUnlistedDroplet } from '../../src/usecases/destroy-unlisted-droplet.js';
import { Declined } from '../../src/usecases/face.js';
import { droplet, dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, LAB } from '../app/fakes/fake-world.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const LOST: Droplet = { ...droplet(7), name: 'portlama-lost', priceMonthlyUsd: 6 };
const DESTROY = { confirm: 'Destroy portlama-lost?', typed: 'portlama-lost' };

function withLost(...answers: readonly Answer[]): TestWork {
  const suppliedTokens = { environment: SANDBOX_TOKEN };
  const test = testWork({ servers: [EDGE], suppliedTokens }, ...answers);
  test.world.addDroplet(dropletOf(EDGE));
  test.world.addDroplet(LOST);
  return test;
}

describe('destroyUnlistedDroplet', () => {
  it('deletes it once its name is typed, and names the price that stops', async () => {
    const { work, world, face, news } = withLost(DESTROY);
    expect(await destroyUnlistedDroplet(7, work)).toEqual({
      dropletId: 7,
      droplet: 'removed',
      monthlyUsd: 6,
    });
    expect([...world.account.droplets.keys()]).toEqual([Number(EDGE.providerId)]);
    expect(face.shown.join('\n')).toContain('It stops costing $6/month.');
    expect(face.said).toEqual([
      'Destroyed portlama-lost: droplet 7 no longer exists. It stops costing $6/month.',
    ]);
    expect(news).toEqual([{ kind: 'droplet-gone', dropletId: 7 }]);
    face.finish();
  });

  it.each(['', 'a b\u0007', '-rf'])(
    'has the id typed where the name cannot be: %j',
    async (name) => {
      const { work, world, face } = withLost({ confirm: `Destroy ${name}?`, typed: '7' });
      world.addDroplet({ ...LOST, name });
      await destroyUnlistedDroplet(7, work);
      face.finish();
    },
  );

  it('deletes nothing when declined', async () => {
    const { work, world } = withLost({ ...DESTROY, agree: false });
    await expect(destroyUnlistedDroplet(7, work)).rejects.toThrow(Declined);
    expect(world.account.droplets.has(7)).toBe(true);
  });

  it.each([
    [
      'was adopted by another program',
      ({ registry }: TestWork['world']) =>
        registry.changeFromOutside([EDGE, { ...LAB, providerId: '7' }]),
      'droplet-listed',
    ],
    [
      'lost the managed tag',
      (world: TestWork['world']) => world.addDroplet({ ...LOST, tags: ['production'] }),
      'droplet-not-ours',
    ],
  ] as const)('deletes nothing when it %s during the question', async (_, change, code) => {
    const test = withLost({ ...DESTROY, meanwhile: () => void change(test.world) });
    await expect(destroyUnlistedDroplet(7, test.work)).rejects.toMatchObject({ code });
    expect(test.world.account.droplets.has(7)).toBe(true);
    test.face.finish();
  });

  it('says so when it went away during the question', async () => {
    const test = withLost({
      ...DESTROY,
      meanwhile: () => void test.world.account.droplets.delete(7),
    });
    expect(await destroyUnlistedDroplet(7, test.work)).toMatchObject({ droplet: 'absent' });
    expect(test.face.said.join()).toContain('was already gone');
  });

  it('asks nothing about one that does not exist', async () => {
    const { work, face } = withLost();
    expect(await destroyUnlistedDroplet(8, work)).toMatchObject({ droplet: 'absent' });
    expect(face.said.join()).toContain('Nothing was destroyed');
  });

  it('refuses a server of the list, and the droplet of a provisioning that is not over', async () => {
    const { work, world } = withLost();
    await expect(destroyUnlistedDroplet(Number(EDGE.providerId), work)).rejects.toMatchObject({
      code: 'droplet-listed',
    });
    const id = world.operations.add({ label: 'new', region: 'fra1' });
    world.addDroplet({ ...LOST, tags: [...LOST.tags, `portlama:op:${id}`] });
    await expect(destroyUnlistedDroplet(7, work)).rejects.toMatchObject({
      code: 'operation-unfinished',
    });
    expect(world.account.droplets.has(7)).toBe(true);
  });
});
