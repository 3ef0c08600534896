import { describe, expect, it } from 'vitest';
import { findByKey, footerHints, keyHelp } from '../../../src/screens/shell/keys.js';
import { missingDroplet } from '../../../src/app/server-rows.js';
import { SANDBOX_TOKEN } from '../../../src/sandbox/tokens.js';
import type { Droplet } from '../../../src/services/digitalocean/api.js';
import { p12PasswordKey, TOKEN_KEY } from '../../../src/services/keystore/keystore.js';
import { droplet, dropletOf } from '../fakes/fake-digitalocean.js';
import { EDGE, FakeWorld, LAB, OLD_BOX } from '../fakes/fake-world.js';
import { RunningAppWithoutScreens, startAppWithoutScreens } from '../fakes/running-app.js';
import { PortlamaError } from '../../../src/core/errors.js';
import { certificate } from '../fakes/fake-panels.js';

const LOST: Droplet = { ...droplet(7), name: 'portlama-lost' };
const ROW = 'droplet 7';
const MANAGED = { tag: 'portlama:managed' };

async function withDroplets(
  droplets: readonly Droplet[],
  options: { readonly hasToken?: boolean } = {},
): Promise<RunningAppWithoutScreens> {
  const world = new FakeWorld({ servers: [EDGE, LAB, OLD_BOX] });
  if (options.hasToken ?? true) await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  for (const one of droplets) world.addDroplet(one);
  return await startAppWithoutScreens(world);
}

const withUnlisted = () => withDroplets([dropletOf(EDGE), dropletOf(LAB), LOST]);

function unlistedIds({ state }: RunningAppWithoutScreens): readonly number[] {
  return state.droplets.unlisted.map((found) => found.droplet.id);
}

describe('the comparison with DigitalOcean', () => {
  it('is made at the start, names what is in no list, and says what it costs', async () => {
    const running = await withUnlisted();
    expect(unlistedIds(running)).toEqual([7]);
    expect(running.state.droplets.gone).toEqual([]);
    expect(running.lastToast).toBe('Unlisted droplet: portlama-lost, $4/month.');
    expect(running.world.account.looks).toEqual([MANAGED]);
  });

  it('is not made without a token, and costs no message when DigitalOcean fails', async () => {
    const without = await withDroplets([LOST], { hasToken: false });
    await without.perform('servers.refresh');
    expect(without.world.clients).toEqual([]);
    const world = new FakeWorld({ servers: [EDGE] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    world.account.failure = new Error('no network');
    const failing = await startAppWithoutScreens(world);
    expect(failing.state).toMatchObject({ toasts: [], dialogs: [], droplets: { gone: [] } });
  });

  it('is made again on refresh, and once more for all that was asked for meanwhile', async () => {
    const running = await withDroplets([dropletOf(EDGE), dropletOf(LAB)]);
    const { account } = running.world;
    expect(unlistedIds(running)).toEqual([]);
    let open = (): void => undefined;
    account.gate = new Promise((resolve) => (open = resolve));
    const presses = [1, 2, 3].map(() => running.perform('servers.refresh'));
    open();
    await Promise.all(presses);
    await running.app.store.idle();
    expect(account.looks).toEqual([MANAGED, MANAGED, MANAGED]);
  });

  it('made while another is under way sees what changed since that one asked', async () => {
    const running = await withDroplets([dropletOf(EDGE), dropletOf(LAB)]);
    const { account } = running.world;
    let answer = (): void => undefined;
    account.slow = new Promise((resolve) => (answer = resolve));
    await running.start('servers.refresh');
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(account.looks).toEqual([MANAGED, MANAGED]);
    running.world.addDroplet(LOST);
    await running.start('servers.refresh');
    answer();
    await expect.poll(() => unlistedIds(running)).toEqual([7]);
  });

  it('tells a failure only when somebody asked', async () => {
    const running = await withUnlisted();
    const { account } = running.world;
    account.failure = new Error('no network');
    await running.perform('servers.refresh');
    expect(running.lastToast).toMatch(/^The droplets were not compared: .*no network/);
    expect(unlistedIds(running)).toEqual([7]);
  });

  it('never waits in the way of the list', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    world.account.gate = new Promise(() => undefined);
    const running = new RunningAppWithoutScreens(world);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(running.state.servers.list).toEqual([EDGE]);
    await running.start('servers.refresh');
    expect(running.state.running.every(({ quiet }) => quiet)).toBe(true);
  });

  it('leaves the droplet of a provisioning that is not over to its row', async () => {
    const running = await withUnlisted();
    const { operations, account } = running.world;
    const id = operations.add({ label: 'new', region: 'fra1' });
    account.droplets.set(7, { ...LOST, tags: [...LOST.tags, `portlama:op:${id}`] });
    operations.killWorker(id);
    await running.perform('servers.refresh');
    expect(unlistedIds(running)).toEqual([]);
  });
});

describe('keys on an unlisted droplet', () => {
  it('adopt and destroy it, and say why there is no panel', async () => {
    const running = await withUnlisted();
    const scope = { state: running.state, selected: ROW };
    const hints = footerHints(scope).filter(({ disabled }) => !disabled);
    expect(hints.map(({ keys, label }) => `${keys[0]} ${label}`)).toEqual(
      expect.arrayContaining(['enter adopt', 'd destroy']),
    );
    expect(hints.flatMap(({ keys }) => keys)).not.toContain('p');
    expect(findByKey('A', scope)?.id).toBe('servers.adopt');
    await running.perform('servers.panel', ROW);
    expect(running.lastToast).toBe('Unlisted droplet: adopt it first.');
  });

  it('say on other rows why nothing is adopted, and are not there without an unlisted droplet', async () => {
    const running = await withUnlisted();
    const scope = { state: running.state, selected: EDGE.id };
    const entries = keyHelp(scope).flatMap((group) => group.entries);
    expect(entries.find(({ keys }) => keys.includes('A'))?.disabled).toContain(
      'Only an unlisted droplet can be adopted',
    );
    const none = await withDroplets([dropletOf(EDGE), dropletOf(LAB)]);
    expect(findByKey('A', { state: none.state, selected: EDGE.id })).toBeUndefined();
  });

  it('do not adopt one without an address', async () => {
    const running = await withDroplets([{ ...LOST, publicIpv4: undefined }]);
    await running.perform('servers.open', ROW);
    expect(running.lastToast).toBe('No public address yet: press r in a minute.');
    expect(running.state.dialogs).toEqual([]);
  });
});

describe('adopting an unlisted droplet', () => {
  it('asks, adds it inactive, and says how its certificate gets here', async () => {
    const running = await withUnlisted();
    await running.perform('servers.open', ROW);
    expect(running.state.dialogs[0]).toMatchObject({ kind: 'question', yes: 'Adopt' });
    expect(JSON.stringify(running.state.dialogs)).toContain('portlama-reset-admin');
    await running.answer(true);
    expect(running.state.dialogs[0]).toMatchObject({
      fields: [{ label: 'Label', initial: 'lost' }],
    });
    await running.types();
    const adopted = running.state.servers.list.at(-1)!;
    expect(adopted).toMatchObject({ label: 'lost', providerId: '7', active: false });
    expect(adopted.p12Path).toBeUndefined();
    expect(running.state.servers.added).toBe(adopted.id);
    expect(unlistedIds(running)).toEqual([]);
    const told = JSON.stringify(running.state.dialogs);
    expect(told).toContain('portlama-reset-admin');
    expect(told).toContain('"actions":["Import a file"]');
    expect(told).toContain('with c on its row.');
    expect(running.world.account.droplets.get(7)).toEqual(LOST);
  });

  it('takes the label that is typed, once it is free', async () => {
    const running = await withUnlisted();
    await running.perform('servers.adopt', ROW);
    await running.answer(true);
    await running.types('old-box');
    expect(running.state.dialogs[0]).toMatchObject({
      problem: expect.stringContaining('old-box') as string,
    });
    await running.types('shop');
    expect(running.state.servers.list.at(-1)).toMatchObject({ label: 'shop', providerId: '7' });
    expect(running.state.dialogs[0]).toMatchObject({ title: 'Adopted shop' });
  });

  it('changes nothing when the answer is no', async () => {
    const running = await withUnlisted();
    await running.perform('servers.adopt', ROW);
    await running.answer(false);
    expect(running.state.servers.list).toHaveLength(3);
  });

  it('does not add it twice when another program was faster', async () => {
    const running = await withUnlisted();
    await running.perform('servers.adopt', ROW);
    await running.world.registry.save({ ...LAB, id: 'other', label: 'theirs', providerId: '7' });
    await running.answer(true);
    await running.types();
    expect(running.state.dialogs[0]).toMatchObject({ error: { code: 'droplet-listed' } });
    const entries = await running.world.registry.list();
    expect(entries.filter(({ providerId }) => providerId === '7')).toHaveLength(1);
  });

  it('says that it is gone when it is', async () => {
    const running = await withUnlisted();
    await running.perform('servers.adopt', ROW);
    running.world.account.droplets.delete(7);
    await running.answer(true);
    await running.types();
    expect(running.state.dialogs[0]).toMatchObject({ error: { code: 'droplet-absent' } });
    expect(unlistedIds(running)).toEqual([]);
  });
});

describe('destroying an unlisted droplet', () => {
  it('asks for its name, destroys it, and compares again', async () => {
    const running = await withUnlisted();
    running.world.account.listLags = true;
    await running.perform('servers.destroy', ROW);
    expect(running.state.dialogs[0]).toMatchObject({ danger: true, typed: 'portlama-lost' });
    await running.answer(true);
    expect([...running.world.account.droplets.keys()]).toEqual([312876543, 312876544]);
    expect(running.lastToast).toContain('Destroyed portlama-lost');
    // Once for the start, once after; DigitalOcean still lists what is gone.
    expect(running.world.account.looks).toEqual([MANAGED, MANAGED]);
    expect(unlistedIds(running)).toEqual([]);
  });

  it('asks for the id where the name cannot be typed', async () => {
    for (const name of ['', 'a b\u0007']) {
      const running = await withDroplets([{ ...LOST, name }]);
      await running.perform('servers.destroy', ROW);
      expect(running.state.dialogs[0]).toMatchObject({ typed: '7' });
    }
  });

  it('never touches a droplet that lost the managed tag', async () => {
    const running = await withUnlisted();
    await running.perform('servers.destroy', ROW);
    running.world.account.droplets.set(7, { ...LOST, tags: ['production'] });
    await running.answer(true);
    expect(running.world.account.droplets.has(7)).toBe(true);
    expect(running.state.dialogs[0]).toMatchObject({
      title: 'Destroying portlama-lost failed',
      error: { code: 'droplet-not-ours' },
    });
    await expect.poll(() => unlistedIds(running)).toEqual([]);
  });

  it('never touches one that another program took into the list', async () => {
    const running = await withUnlisted();
    await running.perform('servers.destroy', ROW);
    await running.world.registry.save({ ...LAB, id: 'other', label: 'theirs', providerId: '7' });
    await running.answer(true);
    expect(running.world.account.droplets.has(7)).toBe(true);
    expect(running.state.dialogs[0]).toMatchObject({ error: { code: 'droplet-listed' } });
  });

  it('takes the tag of its operation along, and not one of others', async () => {
    const running = await withDroplets([{ ...LOST, tags: [...LOST.tags, 'portlama:op:abc'] }]);
    await running.perform('servers.destroy', ROW);
    await running.answer(true);
    expect(running.world.account.droplets.size).toBe(0);
    expect(running.lastToast).toContain('Destroyed ');
  });
});

describe('a server whose droplet is gone', () => {
  it('is marked, and comes off the list with all that was kept of it', async () => {
    const running = await withDroplets([dropletOf(EDGE)]);
    await running.world.keystore.set(p12PasswordKey(LAB.id), 'secret');
    expect(missingDroplet(running.state, LAB.id)).toBe('gone');
    expect(missingDroplet(running.state, EDGE.id)).toBeUndefined();
    expect(missingDroplet(running.state, OLD_BOX.id)).toBeUndefined();
    const hints = footerHints({ state: running.state, selected: LAB.id });
    expect(hints.find(({ keys }) => keys.includes('d'))?.label).toBe('remove');
    await running.perform('servers.destroy', LAB.id);
    expect(running.state.dialogs[0]).toMatchObject({ yes: 'Remove', typed: 'nyc3-lab' });
    await running.answer(true);
    expect(running.state.servers.list).toEqual([EDGE, OLD_BOX]);
    expect(running.world.removedFiles).toEqual([LAB.id]);
    expect(await running.world.keystore.get(p12PasswordKey(LAB.id))).toBeUndefined();
  });

  it('stays when its droplet exists after all, and so does the droplet', async () => {
    const running = await withDroplets([dropletOf(EDGE)]);
    await running.perform('servers.destroy', LAB.id);
    running.world.addDroplet(dropletOf(LAB));
    await running.answer(true);
    expect(running.state.dialogs[0]).toMatchObject({ error: { code: 'droplet-exists' } });
    expect(running.state.servers.list).toHaveLength(3);
    expect(running.world.account.droplets.size).toBe(2);
  });

  it('is in another account while its panel answers, and then nothing is removed', async () => {
    const running = await withDroplets([dropletOf(EDGE)]);
    running.world.health.report({
      serverId: LAB.id,
      samples: [],
      health: { state: 'online', since: 0, latencyMs: 20, version: undefined },
    });
    expect(missingDroplet(running.state, LAB.id)).toBe('elsewhere');
    running.world.panelHealth.set(LAB.id, { state: 'online', latencyMs: 20, version: undefined });
    await running.perform('servers.destroy', LAB.id);
    expect(running.state.dialogs).toMatchObject([{ error: { code: 'droplet-elsewhere' } }]);
    expect(running.state.servers.list).toHaveLength(3);
  });

  it('is not taken for an unlisted droplet right after it was destroyed here', async () => {
    const running = await withDroplets([dropletOf(EDGE), dropletOf(LAB)]);
    running.world.account.listLags = true;
    await running.perform('servers.destroy', EDGE.id);
    await running.answer(true);
    expect(running.world.account.looks).toEqual([MANAGED, MANAGED]);
    expect(running.state.servers.list).toEqual([LAB, OLD_BOX]);
    expect(unlistedIds(running)).toEqual([]);
  });
});

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

  it('of a server without an admin certificate offers to import or recover that, not to renew it', async () => {
    const running = await withServers();
    running.world.panels.pins.set(OLD_BOX.id, certificate('AB'));
    await running.perform('servers.certificate', OLD_BOX.id);
    const [dialog] = running.state.dialogs;
    expect(JSON.stringify(dialog)).toContain('import it, or press C on the server to recover it');
    expect(JSON.stringify(dialog)).not.toContain('renewed');
    expect(dialog).toMatchObject({ actions: ['Import admin certificate'] });
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
