import { describe, expect, it } from 'vitest';
import { addServer } from '../../src/usecases/add-server.js';
import { Declined } from '../../src/usecases/face.js';
import { certificate } from '../app/fakes/fake-panels.js';
import { EDGE, LAB } from '../app/fakes/fake-world.js';
import { testWork } from './work.js';

const URL = '203.0.113.77';
const TRUST = { confirm: 'Is this your panel?', typed: 'trust' };
const NEVERTHELESS = { confirm: 'Add it anyway?' };

describe('addServer', () => {
  it('pins a self-signed certificate once it is confirmed, and adds the server inactive', async () => {
    const { work, world, face, news } = testWork({ servers: [EDGE] }, TRUST);
    const server = await addServer({ url: URL, label: '' }, work);
    expect(server).toMatchObject({ label: '203-0-113-77', active: false });
    expect(server).not.toHaveProperty('provider');
    expect(await world.registry.list()).toEqual([EDGE, server]);
    expect(world.panels.pins.get(server.id)).toEqual(certificate('AB'));
    expect(face.shown.join('\n')).toContain(certificate('AB').sha256);
    expect(face.said[0]).toBe('Added 203-0-113-77 as inactive.');
    expect(news).toEqual([
      { kind: 'servers-changed' },
      { kind: 'server-added', serverId: server.id },
    ]);
    face.finish();
  });

  it('adds nothing when declined', async () => {
    const { work, world, news } = testWork({ servers: [EDGE] }, { ...TRUST, agree: false });
    await expect(addServer({ url: URL, label: 'box' }, work)).rejects.toThrow(Declined);
    expect(await world.registry.list()).toEqual([EDGE]);
    expect(world.panels.pins.size).toBe(0);
    expect(news).toEqual([]);
  });

  it('asks nothing about a panel that a public authority vouches for', async () => {
    const { work, world, face } = testWork({ servers: [EDGE] });
    world.panels.shown = { trust: 'public' };
    const server = await addServer({ url: 'https://panel.example.com', label: ' home ' }, work);
    expect(server).toMatchObject({ label: 'home', domain: 'example.com' });
    face.finish();
  });

  it.each([
    ['public', NEVERTHELESS],
    ['confirm', TRUST],
  ] as const)('doubts what looks like no panel: %s', async (trust, question) => {
    const { work, world, face } = testWork({ servers: [EDGE] }, question);
    world.panels.shown = { trust, isPortlama: false, wantsCertificate: false, httpStatus: 200 };
    await addServer({ url: URL, label: 'box' }, work);
    expect(face.shown.join('\n')).toContain('does not look like a Portlama panel (HTTP 200)');
    face.finish();
  });

  it('says that what wants a certificate may be a panel whose server is down', async () => {
    const { work, world, face } = testWork({ servers: [EDGE] }, NEVERTHELESS);
    world.panels.shown = { trust: 'public', isPortlama: false, httpStatus: 502 };
    await addServer({ url: 'https://panel.example.com', label: 'box' }, work);
    expect(face.shown.join('\n')).toContain(
      'requires an admin certificate, like a panel, but the panel behind it does not answer (HTTP 502)',
    );
    face.finish();
  });

  it('says that the panel wants its admin certificate, and where that is', async () => {
    const { work, world, face } = testWork({ servers: [EDGE] });
    world.panels.shown = { trust: 'public' };
    await addServer({ url: 'https://panel.example.com', label: 'box' }, work);
    const said = face.said.join('\n');
    expect(said).toContain('Its panel requires the admin certificate');
    expect(said).toContain('/etc/portlama/pki/client.p12');
    expect(said).toContain('/etc/portlama/pki/.p12-password');
  });

  it.each([
    [{ url: URL, label: 'fra1-edge' }, 'label-taken'],
    [{ url: URL, label: 'edge' }, 'label-taken'],
    [{ url: URL, label: 'No' }, 'label-invalid'],
    [{ url: EDGE.panelUrl, label: '' }, 'server-known'],
    [{ url: '203.0.113.42', label: '' }, 'server-known'],
    [{ url: 'http://203.0.113.77', label: '' }, 'panel-url-not-https'],
  ])('refuses %o as %s before anything is sent', async (form, code) => {
    const { work, world } = testWork({ servers: [EDGE] });
    // Interrupted: it may still become a server.
    world.operations.killWorker(world.operations.add({ label: 'edge', region: 'fra1' }));
    await expect(addServer(form, work)).rejects.toMatchObject({ code });
    expect(world.panels.looked).toEqual([]);
  });

  it('takes the label that was typed while the panel was looked at', async () => {
    const form = { url: URL, label: 'box' };
    const { work, world } = testWork({ servers: [EDGE] }, TRUST);
    const inspect = world.panels.inspect.bind(world.panels);
    Object.assign(world.panels, {
      inspect: (...args: Parameters<typeof inspect>) => {
        form.label = 'other';
        return inspect(...args);
      },
    });
    expect(await addServer(form, work)).toMatchObject({ label: 'other' });
  });

  it('adds nothing under a label that was taken during the question', async () => {
    const test = testWork(
      { servers: [EDGE] },
      {
        ...TRUST,
        meanwhile: () => test.world.registry.changeFromOutside([EDGE, { ...LAB, label: 'box' }]),
      },
    );
    await expect(addServer({ url: URL, label: 'box' }, test.work)).rejects.toMatchObject({
      code: 'label-taken',
    });
    expect(await test.world.registry.list()).toHaveLength(2);
    expect(test.world.panels.pins.size).toBe(0);
  });

  it('adds nothing once the person left during the look', async () => {
    const { work, world } = testWork({ servers: [EDGE] });
    world.panels.shown = { trust: 'public' };
    const left = { ...work, signal: AbortSignal.abort() };
    await expect(addServer({ url: URL, label: '' }, left)).rejects.toThrow(/abort/i);
    expect(await world.registry.list()).toEqual([EDGE]);
  });
});
