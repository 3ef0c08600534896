import { describe, expect, it } from 'vitest';
import { Declined } from '../../src/usecases/face.js';
import { trustCertificate } from '../../src/usecases/trust-certificate.js';
import { certificate } from '../app/fakes/fake-panels.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { testWork } from './work.js';

const ALARM = 'The certificate of fra1-edge changed';

describe('trustCertificate, of one that replaces the pinned one', () => {
  it('shows both, and pins the new one once that is accepted', async () => {
    const { work, world, face } = testWork(
      { servers: [EDGE] },
      { confirm: ALARM, typed: 'accept' },
    );
    world.panels.pins.set(EDGE.id, certificate('0C'));
    await trustCertificate('fra1-edge', work);
    expect(face.shown.join('\n')).toMatch(/0C:0C[^]*AB:AB/);
    expect(world.panels.pins.get(EDGE.id)).toEqual(certificate('AB'));
    face.finish();
  });

  it('keeps the pinned one when declined', async () => {
    const { work, world } = testWork({ servers: [EDGE] }, { confirm: ALARM, agree: false });
    world.panels.pins.set(EDGE.id, certificate('0C'));
    await expect(trustCertificate('fra1-edge', work)).rejects.toThrow(Declined);
    expect(world.panels.pins.get(EDGE.id)).toEqual(certificate('0C'));
  });
});
