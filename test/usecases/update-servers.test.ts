import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { PanelError } from '../../src/services/panel/panel-error.js';
import { isUpToDate, updateServers } from '../../src/usecases/update-servers.js';
import { LAB } from '../app/fakes/fake-world.js';
import { openPanel, panelServer, type PanelWork } from './panel-work.js';

const UPDATE = { confirm: 'Update the panel of fra1-edge?' };

/** A server that can be updated behind one that does not answer, and one that is not set up. */
async function servers(): Promise<PanelWork> {
  const here = await openPanel({ updateMs: 60, restartMs: 60 });
  await here.onboard();
  here.sandbox.controls.publish('0.1.31');
  const test = await panelServer(here, ['update'], [UPDATE], { sandbox: true });
  const { world, server } = test;
  world.newest = {
    '@lamalibre/portlama-panel-server': { kind: 'found', version: '0.1.31' },
    '@lamalibre/create-portlama': { kind: 'found', version: '1.0.53' },
  };
  world.workerClock = { ...systemClock, monotonic: () => performance.now() * 10 };
  const silent = { ...LAB, domain: 'lab.example.com' };
  const bare = { ...LAB, id: 'bare', label: 'bare', ip: '192.0.2.7', providerId: '7' };
  await world.registry.remove(server.id);
  await world.registry.add(silent);
  await world.registry.add({ ...bare, panelUrl: 'https://192.0.2.7:9292' });
  await world.registry.add({ ...server, domain: 'edge.example.com' });
  const open = world.openPanelApi;
  world.openPanelApi = async (entry, signal) => {
    if (entry.id === LAB.id) throw new PanelError('panel-unreachable', 'nyc3-lab is silent.');
    return await open!(entry, signal);
  };
  return test;
}

describe('updateServers', () => {
  it('stops at the first failure, and names what was not tried', async () => {
    const { work, sent, face } = await servers();
    const tried = await updateServers({ labels: [], all: true }, { keepGoing: false }, work);
    expect(tried.map(({ server, ending }) => [server.label, ending])).toEqual([
      ['nyc3-lab', 'failed'],
      ['fra1-edge', 'not-tried'],
    ]);
    expect(sent).toEqual([]);
    expect(face.said).toEqual([
      'Skipped bare: its panel accepts updates only after its set-up.',
      'nyc3-lab was not updated: nyc3-lab is silent.',
      'fra1-edge was not updated.',
      '0 of 2 are up to date; failed: nyc3-lab, fra1-edge.',
    ]);
  });

  it('goes through all of them where it is told to', async () => {
    const { work, sent, face } = await servers();
    const tried = await updateServers({ labels: [], all: true }, { keepGoing: true }, work);
    expect(tried).toMatchObject([
      { ending: 'failed', code: 'panel-unreachable' },
      { ending: 'updated', before: '0.1.30', after: '0.1.31' },
    ]);
    expect(tried.map(isUpToDate)).toEqual([false, true]);
    expect(sent).toEqual(['update']);
    expect(face.said.at(-1)).toBe('1 of 2 are up to date; failed: nyc3-lab.');
    face.finish();
  });

  it('refuses neither names nor --all, and both', async () => {
    const { work } = await servers();
    for (const wanted of [
      { labels: [], all: false },
      { labels: ['fra1-edge'], all: true },
    ])
      await expect(updateServers(wanted, { keepGoing: false }, work)).rejects.toMatchObject({
        code: 'arguments',
      });
  });
});
