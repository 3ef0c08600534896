import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { p12PasswordKey } from '../../src/services/keystore/keystore.js';
import { destroyServer } from '../../src/usecases/destroy-server.js';
import { Declined } from '../../src/usecases/face.js';
import { droplet, dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, LAB, OLD_BOX } from '../app/fakes/fake-world.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const DESTROY = { confirm: 'Destroy fra1-edge?', typed: 'fra1-edge' };
const REMOVE = { confirm: 'Remove fra1-edge from the list?', typed: 'fra1-edge' };
const EDGE_ID = Number(EDGE.providerId);
const ONLINE = { state: 'online', latencyMs: 9, version: undefined } as const;

async function withServers(...answers: readonly Answer[]): Promise<TestWork> {
  const suppliedTokens = { environment: SANDBOX_TOKEN };
  const test = testWork({ servers: [EDGE, LAB, OLD_BOX], suppliedTokens }, ...answers);
  for (const server of [EDGE, LAB]) test.world.addDroplet(dropletOf(server));
  for (const { id } of [EDGE, LAB])
    await test.world.keystore.set(p12PasswordKey(id), `password of ${id}`);
  return test;
}

describe('destroyServer', () => {
  it('deletes droplet, entry, files and password, and names the price that stops', async () => {
    const { work, world, face, news } = await withServers(DESTROY);
    world.addDroplet({ ...dropletOf(EDGE), priceMonthlyUsd: 6 });
    const done = await destroyServer('fra1-edge', work);
    expect(done).toEqual({
      server: EDGE,
      dropletId: EDGE_ID,
      droplet: 'removed',
      monthlyUsd: 6,
    });
    expect(face.shown.join('\n')).toContain('It stops costing $6/month.');
    expect(face.said).toEqual([
      `Destroyed fra1-edge: droplet ${EDGE_ID} no longer exists. It stops costing $6/month.`,
    ]);
    expect([...world.account.droplets.keys()]).toEqual([Number(LAB.providerId)]);
    expect(await world.registry.list()).toEqual([LAB, OLD_BOX]);
    expect(world.removedFiles).toEqual([EDGE.id]);
    expect(await world.keystore.get(p12PasswordKey(EDGE.id))).toBeUndefined();
    expect(await world.keystore.get(p12PasswordKey(LAB.id))).toBeDefined();
    expect(news.map(({ kind }) => kind)).toEqual(['droplet-gone', 'servers-changed']);
    face.finish();
  });

  it('changes nothing when declined', async () => {
    const { work, world } = await withServers({ ...DESTROY, agree: false });
    await expect(destroyServer(EDGE.id, work)).rejects.toThrow(Declined);
    expect(world.account.droplets.size).toBe(2);
    expect(await world.registry.list()).toEqual([EDGE, LAB, OLD_BOX]);
  });

  it.each([
    ['nobody', 'server-unknown'],
    ['old-box', 'droplet-unknown'],
  ])('refuses %s as %s before asking', async (wanted, code) => {
    const { work } = await withServers();
    await expect(destroyServer(wanted, work)).rejects.toMatchObject({ code });
  });

  it('destroys nothing when another program removed the entry during the question', async () => {
    const { work, world } = await withServers({
      ...DESTROY,
      meanwhile: () => world.registry.changeFromOutside([LAB]),
    });
    await expect(destroyServer(EDGE.id, work)).rejects.toMatchObject({ code: 'server-unknown' });
    expect(world.account.droplets.has(EDGE_ID)).toBe(true);
  });

  it('keeps the entry when the droplet lacks the managed tag', async () => {
    const { work, world } = await withServers(DESTROY);
    world.addDroplet(droplet(EDGE_ID, ['production']));
    await expect(destroyServer('fra1-edge', work)).rejects.toMatchObject({
      code: 'droplet-not-ours',
    });
    expect(await world.registry.list()).toContain(EDGE);
  });

  it('says that the droplet is gone when its password cannot be deleted', async () => {
    const { work, world, face } = await withServers(DESTROY);
    world.keystore.deleteFailure = new Error('The keyring is locked.');
    await expect(destroyServer('fra1-edge', work)).rejects.toMatchObject({
      code: 'rest-kept',
      message: expect.stringContaining('The keyring is locked.') as string,
    });
    expect(face.said.join()).toContain('Destroyed fra1-edge');
    face.finish();
  });
});

describe('destroyServer, of a droplet that is not in the account', () => {
  it('removes the entry after another question', async () => {
    const { work, world, face } = await withServers(REMOVE);
    world.account.droplets.delete(EDGE_ID);
    expect(await destroyServer('fra1-edge', work)).toMatchObject({ droplet: 'absent' });
    expect(await world.registry.list()).toEqual([LAB, OLD_BOX]);
    expect(face.said).toEqual([`Removed fra1-edge: droplet ${EDGE_ID} was already gone.`]);
    face.finish();
  });

  it('keeps a server whose panel answers: it is in another account', async () => {
    const { work, world } = await withServers();
    world.account.droplets.delete(EDGE_ID);
    world.panelHealth.set(EDGE.id, ONLINE);
    await expect(destroyServer('fra1-edge', work)).rejects.toMatchObject({
      code: 'droplet-elsewhere',
    });
    expect(await world.registry.list()).toContain(EDGE);
  });

  it('keeps the entry when the droplet shows up during the question', async () => {
    const { work, world } = await withServers({
      ...REMOVE,
      meanwhile: () => void world.addDroplet(dropletOf(EDGE)),
    });
    world.account.droplets.delete(EDGE_ID);
    await expect(destroyServer('fra1-edge', work)).rejects.toMatchObject({
      code: 'droplet-exists',
    });
    expect(await world.registry.list()).toContain(EDGE);
    expect(world.account.droplets.has(EDGE_ID)).toBe(true);
  });
});
