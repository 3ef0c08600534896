import { describe, expect, it } from 'vitest';
import { PortlamaError } from '../../../src/core/errors.js';
import { certificate } from '../fakes/fake-panels.js';
import { EDGE, FakeWorld, OLD_BOX } from '../fakes/fake-world.js';
import { type RunningAppWithoutScreens, startAppWithoutScreens } from '../fakes/running-app.js';

const withServers = (): Promise<RunningAppWithoutScreens> =>
  startAppWithoutScreens(new FakeWorld({ servers: [EDGE, OLD_BOX] }));

describe('the certificate of a panel', () => {
  it('that was never confirmed here is shown, and pinned once it is', async () => {
    const running = await withServers();
    const { panels, health } = running.world;
    await running.perform('servers.certificate', EDGE.id);
    expect(running.state.dialogs).toMatchObject([{ kind: 'question', typed: 'trust' }]);
    expect(panels.pins.size).toBe(0);
    await running.answer(true);
    expect(panels.pins.get(EDGE.id)).toEqual(certificate('AB'));
    expect(health.refreshes).toBe(1);
  });

  it('that is the confirmed one is only shown', async () => {
    const running = await withServers();
    running.world.panels.pins.set(EDGE.id, certificate('AB'));
    running.world.panels.hostKeys.set(EDGE.id, 'SHA256:of-the-droplet');
    await running.perform('servers.certificate', EDGE.id);
    expect(running.state.dialogs).toMatchObject([{ kind: 'message', style: 'ok' }]);
    expect(JSON.stringify(running.state.dialogs)).toContain('SHA256:of-the-droplet');
  });

  it('that changed is an alarm with both, accepted only by a typed word', async () => {
    const running = await withServers();
    const { pins } = running.world.panels;
    pins.set(EDGE.id, certificate('0C'));
    await running.perform('servers.certificate', EDGE.id);
    expect(running.state.dialogs).toMatchObject([
      { kind: 'question', danger: true, typed: 'accept', no: 'Keep the old one' },
    ]);
    const shown = JSON.stringify(running.state.dialogs);
    expect(shown).toContain('0C:0C');
    expect(shown).toContain('AB:AB');
    await running.answer(false);
    expect(pins.get(EDGE.id)).toEqual(certificate('0C'));
    await running.perform('servers.certificate', EDGE.id);
    await running.answer(true);
    expect(pins.get(EDGE.id)).toEqual(certificate('AB'));
  });

  it('of a public authority in place of the pinned one ends the pinning', async () => {
    const running = await withServers();
    const { panels } = running.world;
    panels.pins.set(OLD_BOX.id, certificate('0C'));
    panels.shown = { trust: 'public' };
    await running.perform('servers.certificate', OLD_BOX.id);
    await running.answer(true);
    expect(panels.pins.get(OLD_BOX.id)).toBeUndefined();
  });

  it('that cannot be seen says why', async () => {
    const running = await withServers();
    running.world.panels.failure = new PortlamaError({
      code: 'panel-timeout',
      message: 'Silence.',
    });
    await running.perform('servers.certificate', EDGE.id);
    expect(running.state.dialogs).toMatchObject([
      { kind: 'error', error: { message: 'Silence.' } },
    ]);
  });
});

describe('the admin certificate of the selected server', () => {
  it('is read once the cursor stays there', async () => {
    const running = await withServers();
    const { panels, clock } = running.world;
    const facts = { subject: 'CN=admin', issuer: 'CN=Portlama', notBefore: 1, notAfter: 2 };
    panels.clientCertificates.set(OLD_BOX.id, facts);
    void running.app.lookAt(EDGE.id);
    void running.app.lookAt(OLD_BOX.id);
    await clock.pass(300);
    await running.app.store.idle();
    expect(panels.certificateReads).toEqual(['old-box']);
    expect(running.state.certificates).toEqual({ [OLD_BOX.id]: { state: 'known', notAfter: 2 } });
  });

  it('that cannot be opened says so with the server, without a message', async () => {
    const running = await withServers();
    const { panels, clock } = running.world;
    const failure = new PortlamaError({ code: 'p12-wrong-password', message: 'Wrong password.' });
    panels.clientCertificates.set(EDGE.id, failure);
    void running.app.lookAt(EDGE.id);
    await clock.pass(300);
    await running.app.store.idle();
    expect(running.state.certificates[EDGE.id]).toEqual({
      state: 'unreadable',
      reason: 'Wrong password.',
    });
    expect(running.state.toasts).toEqual([]);
  });
});
