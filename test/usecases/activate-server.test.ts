import { describe, expect, it } from 'vitest';
import { activateServer } from '../../src/usecases/activate-server.js';
import { EDGE, LAB } from '../app/fakes/fake-world.js';
import { testWork } from './work.js';

describe('activateServer', () => {
  it('makes it the only active one, and says so', async () => {
    const { work, world, face, news } = testWork({ servers: [EDGE, LAB] });
    expect(await activateServer('nyc3-lab', work)).toEqual({ ...LAB, active: true });
    const active = (await world.registry.list()).filter((server) => server.active);
    expect(active.map(({ label }) => label)).toEqual(['nyc3-lab']);
    expect(face.said).toEqual(['nyc3-lab is now the active server.']);
    expect(news).toEqual([{ kind: 'servers-changed' }]);
  });

  it('changes nothing for the active one', async () => {
    const { work, face, news } = testWork({ servers: [EDGE, LAB] });
    await activateServer(EDGE.id, work);
    expect(face.said).toEqual(['fra1-edge is already the active server.']);
    expect(news).toEqual([]);
  });

  it('names no server that could be meant by a label of two', async () => {
    const { work } = testWork({ servers: [EDGE, { ...LAB, label: EDGE.label }] });
    await expect(activateServer(EDGE.label, work)).rejects.toMatchObject({
      code: 'server-ambiguous',
      hint: expect.stringContaining(LAB.id) as string,
    });
    expect(await activateServer(LAB.id, work)).toMatchObject({ id: LAB.id, active: true });
  });
});
