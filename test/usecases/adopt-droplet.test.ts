import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import type { Droplet } from '../../src/services/digitalocean/api.js';
import { adoptDroplet } from '../../src/usecases/adopt-droplet.js';
import { Declined } from '../../src/usecases/face.js';
import { droplet } from '../app/fakes/fake-digitalocean.js';
import { EDGE, LAB } from '../app/fakes/fake-world.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const LOST: Droplet = { ...droplet(7), name: 'portlama-lost' };
const ADOPT = { confirm: 'Adopt portlama-lost?' };

function withLost(...answers: readonly Answer[]): TestWork {
  const suppliedTokens = { environment: SANDBOX_TOKEN };
  const test = testWork({ servers: [EDGE], suppliedTokens }, ...answers);
  test.world.addDroplet(LOST);
  return test;
}

describe('adoptDroplet', () => {
  it('adds an entry, inactive and without a certificate, and leaves the droplet alone', async () => {
    const { work, world, face, news } = withLost(ADOPT);
    const server = await adoptDroplet(7, work);
    expect(server).toMatchObject({ label: 'lost', providerId: '7', active: false });
    expect(server.p12Path).toBeUndefined();
    expect(await world.registry.list()).toEqual([EDGE, server]);
    expect(world.account.droplets.get(7)).toEqual(LOST);
    expect(face.shown.join('\n')).toContain('portlama-reset-admin');
    expect(news).toEqual([
      { kind: 'servers-changed' },
      { kind: 'server-added', serverId: server.id },
    ]);
    face.finish();
  });

  it('warns of one that may still be in work elsewhere', async () => {
    const { work, world, face } = withLost(ADOPT);
    const createdAt = new Date(world.clock.now() - 60_000).toISOString();
    world.addDroplet({ ...LOST, createdAt });
    await adoptDroplet(7, work);
    expect(face.shown.join('\n')).toContain('another program may still be setting it up');
  });

  it('adds nothing when declined', async () => {
    const { work, world } = withLost({ ...ADOPT, agree: false });
    await expect(adoptDroplet(7, work)).rejects.toThrow(Declined);
    expect(await world.registry.list()).toEqual([EDGE]);
  });

  it.each([
    [
      'was destroyed',
      (world: TestWork['world']) => world.account.droplets.delete(7),
      'droplet-absent',
    ],
    [
      'was adopted by another program',
      ({ registry }: TestWork['world']) =>
        registry.changeFromOutside([EDGE, { ...LAB, providerId: '7' }]),
      'droplet-listed',
    ],
    [
      'lost the managed tag',
      (world: TestWork['world']) => world.addDroplet({ ...LOST, tags: [] }),
      'droplet-not-ours',
    ],
  ] as const)('adds nothing when it %s during the question', async (_, change, code) => {
    const test = withLost({ ...ADOPT, meanwhile: () => void change(test.world) });
    const before = test.world.registry;
    await expect(adoptDroplet(7, test.work)).rejects.toMatchObject({ code });
    expect((await before.list()).map(({ label }) => label)).not.toContain('lost');
  });

  it('refuses one that does not exist, unasked, and tells the views', async () => {
    const { work, news } = withLost();
    await expect(adoptDroplet(8, work)).rejects.toMatchObject({ code: 'droplet-absent' });
    expect(news).toEqual([{ kind: 'droplet-gone', dropletId: 8 }]);
  });
});
