import { describe, expect, it } from 'vitest';
import { Declined } from '../../src/usecases/face.js';
import { trustCertificate } from '../../src/usecases/trust-certificate.js';
import { certificate } from '../app/fakes/fake-panels.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { testWork } from './work.js';

const ALARM = 'The certificate of fra1-edge changed';
const TRUST = { confirm: 'Trust the certificate of fra1-edge?', typed: 'trust' };

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

describe('trustCertificate', () => {
  it('pins one that was never confirmed, once it is', async () => {
    const { work, world, face, news } = testWork({ servers: [EDGE] }, TRUST);
    world.panels.hostKeys.set(EDGE.id, 'SHA256:of-the-droplet');
    expect(await trustCertificate(EDGE.id, work)).toMatchObject({
      verdict: 'unconfirmed',
      certificate: certificate('AB'),
      hostKey: 'SHA256:of-the-droplet',
    });
    expect(face.shown.join('\n')).toContain(certificate('AB').sha256);
    expect(world.panels.pins.get(EDGE.id)).toEqual(certificate('AB'));
    expect(news).toEqual([{ kind: 'certificate-changed', serverId: EDGE.id }]);
    face.finish();
  });

  it('pins nothing when declined', async () => {
    const { work, world, news } = testWork({ servers: [EDGE] }, { ...TRUST, agree: false });
    await expect(trustCertificate('fra1-edge', work)).rejects.toThrow(Declined);
    expect(world.panels.pins.size).toBe(0);
    expect(news).toEqual([]);
  });

  it('pins nothing for a server that another program removed during the question', async () => {
    const test = testWork(
      { servers: [EDGE] },
      { ...TRUST, meanwhile: () => test.world.registry.changeFromOutside([]) },
    );
    await expect(trustCertificate('fra1-edge', test.work)).rejects.toMatchObject({
      code: 'server-unknown',
    });
    expect(test.world.panels.pins.size).toBe(0);
  });

  it.each(['same', 'public'] as const)('asks nothing about one that is %s', async (verdict) => {
    const { work, world, face, news } = testWork({ servers: [EDGE] });
    if (verdict === 'same') world.panels.pins.set(EDGE.id, certificate('AB'));
    else world.panels.shown = { trust: 'public' };
    expect(await trustCertificate('fra1-edge', work)).toMatchObject({ verdict });
    expect(news).toEqual([]);
    face.finish();
  });

  it('ends the pinning where a public authority vouches for the new one', async () => {
    const { work, world } = testWork({ servers: [EDGE] }, { confirm: ALARM, typed: 'accept' });
    world.panels.pins.set(EDGE.id, certificate('0C'));
    world.panels.shown = { trust: 'public' };
    await trustCertificate('fra1-edge', work);
    expect(world.panels.pins.get(EDGE.id)).toBeUndefined();
  });
});
