import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { destroyServers, endMarked, removeServers } from '../../src/usecases/end-many.js';
import { Declined } from '../../src/usecases/face.js';
import { droplet, dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, LAB, OLD_BOX } from '../app/fakes/fake-world.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const BOTH = { confirm: 'Destroy 2 at once?', typed: '2' };
const [EDGE_ID, LAB_ID] = [Number(EDGE.providerId), Number(LAB.providerId)];
const ONLINE = { state: 'online', latencyMs: 9, version: undefined } as const;

function withServers(...answers: readonly Answer[]): TestWork {
  const suppliedTokens = { environment: SANDBOX_TOKEN };
  const test = testWork({ servers: [EDGE, LAB, OLD_BOX], suppliedTokens }, ...answers);
  for (const server of [EDGE, LAB]) test.world.addDroplet(dropletOf(server));
  test.world.addDroplet({ ...droplet(7), name: 'portlama-lost' });
  return test;
}

async function labels({ world }: TestWork): Promise<readonly string[]> {
  return (await world.registry.list()).map(({ label }) => label);
}

describe('destroyServers', () => {
  it('asks once, with every name and what stops, and destroys each', async () => {
    const test = withServers(BOTH);
    await destroyServers(['fra1-edge', 'nyc3-lab'], test.work);
    test.face.finish();
    expect(test.face.shown.join('\n')).toContain('fra1-edge, nyc3-lab');
    expect(test.face.shown).toContain('$8/month stops.');
    expect([...test.world.account.droplets.keys()]).toEqual([7]);
    expect(await labels(test)).toEqual(['old-box']);
    expect(test.face.said.at(-1)).toBe('Done: 2 entries. $8/month stops.');
  });

  it('takes a server that is named twice once', async () => {
    const test = withServers({ confirm: 'Destroy 1 at once?', typed: '1' });
    await destroyServers(['fra1-edge', EDGE.id], test.work);
    expect(await labels(test)).toEqual(['nyc3-lab', 'old-box']);
  });

  it.each([
    ['is unknown', ['fra1-edge', 'nobody'], 'server-unknown'],
    ['was added by hand', ['fra1-edge', 'old-box'], 'droplet-unknown'],
  ])('changes nothing where one %s', async (_, wanted, code) => {
    const test = withServers();
    await expect(destroyServers(wanted, test.work)).rejects.toMatchObject({ code });
    expect(await labels(test)).toHaveLength(3);
    expect(test.world.account.droplets.size).toBe(3);
  });

  it('changes nothing where the droplet of one is in another account', async () => {
    const test = withServers();
    test.world.account.droplets.delete(LAB_ID);
    test.world.panelHealth.set(LAB.id, ONLINE);
    await expect(destroyServers(['fra1-edge', 'nyc3-lab'], test.work)).rejects.toMatchObject({
      code: 'droplet-elsewhere',
    });
    expect(test.world.account.droplets.has(EDGE_ID)).toBe(true);
  });

  it('changes nothing when the person declines', async () => {
    const test = withServers({ confirm: 'Destroy 2 at once?', agree: false });
    const done = destroyServers(['fra1-edge', 'nyc3-lab'], test.work);
    await expect(done).rejects.toBeInstanceOf(Declined);
    expect(await labels(test)).toHaveLength(3);
  });

  it('leaves alone what another program took off the list meanwhile, and does the others', async () => {
    const test: TestWork = withServers({
      ...BOTH,
      meanwhile: () => test.world.registry.changeFromOutside([LAB, OLD_BOX]),
    });
    const done = destroyServers(['fra1-edge', 'nyc3-lab'], test.work);
    await expect(done).rejects.toMatchObject({
      code: 'some-failed',
      message: '1 of 2 failed; the others are done.',
      hint: expect.stringContaining('fra1-edge: ') as string,
    });
    expect([...test.world.account.droplets.keys()]).toEqual([EDGE_ID, 7]);
    expect(await labels(test)).toEqual(['old-box']);
  });

  it('destroys nothing that lost the managed tag', async () => {
    const test = withServers(BOTH);
    test.world.addDroplet({ ...dropletOf(LAB), tags: ['web'] });
    await expect(destroyServers(['fra1-edge', 'nyc3-lab'], test.work)).rejects.toMatchObject({
      code: 'some-failed',
    });
    expect(test.world.account.droplets.has(LAB_ID)).toBe(true);
    expect(await labels(test)).toEqual(['nyc3-lab', 'old-box']);
  });
});

describe('removeServers', () => {
  it('takes them off the list and touches no droplet', async () => {
    const test = withServers({ confirm: 'Remove 2 at once?', typed: '2' });
    await removeServers(['fra1-edge', 'old-box'], test.work);
    expect(await labels(test)).toEqual(['nyc3-lab']);
    expect(test.world.account.droplets.size).toBe(3);
    expect(test.face.shown.join('\n')).toContain('it keeps running:\n  fra1-edge, old-box');
  });
});

describe('endMarked', () => {
  it('destroys, removes and dismisses after one question', async () => {
    const test = withServers({ confirm: 'Destroy 5 at once?', typed: '5' });
    const { world, work, face, news } = test;
    world.account.droplets.delete(LAB_ID);
    const id = world.operations.add({ label: 'broken', region: 'fra1' });
    const failure = { event: 'error', step: 'wait_ssh', code: 'x', message: 'No answer.' } as const;
    world.operations.write(id, failure, { event: 'rolled-back', leftovers: [] });
    await endMarked(
      { servers: [EDGE.id, LAB.id, OLD_BOX.id], droplets: [7], operations: [id] },
      work,
    );
    face.finish();
    const shown = face.shown.join('\n');
    for (const name of ['fra1-edge, portlama-lost', 'nyc3-lab', 'old-box', 'broken'])
      expect(shown).toContain(`\n  ${name}`);
    expect(shown).toContain('$8/month stops.');
    expect(world.account.droplets.size).toBe(0);
    expect(await labels(test)).toEqual([]);
    expect(world.operations.calls).toEqual([`dismiss ${id}`]);
    expect(news).toContainEqual({ kind: 'droplet-gone', dropletId: 7 });
  });

  it('names the DNS records of a droplet that is gone, and a marked droplet that is', async () => {
    const test = withServers({ confirm: 'Remove 1 at once?', typed: '1' });
    const { world, work, face, news } = test;
    world.account.droplets.clear();
    const place = { domain: 'lab.example.com', zone: 'example.com', address: LAB.ip };
    world.serverMeta.set(LAB.id, { dns: [{ ...place, made: [{ name: 'lab' }], replaced: [] }] });
    await endMarked({ servers: [LAB.id], droplets: [7], operations: [] }, work);
    expect(face.said.join()).toContain(`DNS records stay (lab.example.com A ${LAB.ip}`);
    expect(news).toContainEqual({ kind: 'droplet-gone', dropletId: 7 });
    expect(face.said.join()).toContain('7');
    face.finish();
  });

  it('needs no token where nothing is DigitalOcean’s', async () => {
    const test = testWork({ servers: [OLD_BOX] }, { confirm: 'Remove 1 at once?', typed: '1' });
    await endMarked({ servers: [OLD_BOX.id], droplets: [], operations: [] }, test.work);
    expect(await labels(test)).toEqual([]);
  });
});
