import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { EDGE, FakeWorld } from '../fakes/fake-world.js';
import { certificate } from '../fakes/fake-panels.js';
import { type RunningAppWithoutScreens, startAppWithoutScreens } from '../fakes/running-app.js';

async function adding(url: string, label = ''): Promise<RunningAppWithoutScreens> {
  const running = await startAppWithoutScreens(new FakeWorld({ servers: [EDGE] }));
  await running.perform('servers.add');
  running.app.editAddServer('url', url);
  running.app.editAddServer('label', label);
  return running;
}

const added = ({ state }: RunningAppWithoutScreens) =>
  state.servers.list.filter(({ id }) => id !== EDGE.id);

describe('adding an existing server', () => {
  it('asks whether a certificate that nobody vouches for is the right one, and then pins it', async () => {
    const running = await adding('203.0.113.77');
    await running.perform('add-server.submit');
    expect(JSON.stringify(running.state.dialogs)).toContain('AB:AB:AB');
    expect(added(running)).toEqual([]);
    await running.answer(true);
    const [server] = added(running);
    expect(server).toMatchObject({
      label: '203-0-113-77',
      panelUrl: 'https://203.0.113.77:9292',
      active: false,
    });
    expect(server).not.toHaveProperty('provider');
    expect(running.world.panels.pins.get(server!.id)?.sha256).toBe(certificate('AB').sha256);
    expect(running.state.routes).toEqual([{ screen: 'servers' }]);
    expect(running.state.servers.added).toBe(server!.id);
  });

  it('adds nothing when it is not, and can be tried again', async () => {
    const running = await adding('203.0.113.77');
    await running.perform('add-server.submit');
    await running.answer(false);
    expect(added(running)).toEqual([]);
    await running.perform('add-server.submit');
    await running.answer(true);
    expect(added(running).length).toBe(1);
  });

  it('asks nothing about a panel that an authority vouches for', async () => {
    const running = await adding('https://panel.example.com', 'home');
    running.world.panels.shown = { trust: 'public' };
    await running.perform('add-server.submit');
    expect(running.state.dialogs).toEqual([]);
    expect(added(running)).toMatchObject([{ label: 'home', domain: 'example.com' }]);
  });

  it('says so when something else answers there', async () => {
    const running = await adding('https://www.example.com');
    running.world.panels.shown = {
      trust: 'public',
      isPortlama: false,
      wantsCertificate: false,
      httpStatus: 200,
    };
    await running.perform('add-server.submit');
    expect(JSON.stringify(running.state.dialogs)).toContain('does not look like a Portlama panel');
    expect(added(running)).toEqual([]);
  });

  it('shows errors under the field that caused them', async () => {
    const running = await adding('https://10.0.0.1');
    const { panels } = running.world;
    panels.failure = new InputError({ code: 'panel-address-not-public', message: 'Private.' });
    await running.perform('add-server.submit');
    expect(running.state.addServer?.problem).toMatchObject({
      field: 'url',
      error: { message: 'Private.' },
    });
    running.app.editAddServer('url', '203.0.113.77');
    expect(running.state.addServer?.problem).toBeUndefined();
    running.app.editAddServer('label', 'No');
    await running.perform('add-server.submit');
    expect(running.state.addServer?.problem?.field).toBe('label');
    expect(panels.looked.length).toBe(1);
  });

  it('refuses a label and a panel that are in the list already', async () => {
    const running = await adding('203.0.113.77', EDGE.label);
    await running.perform('add-server.submit');
    expect(running.state.addServer?.problem?.error.message).toContain('already a server called');
    running.app.editAddServer('label', '');
    running.app.editAddServer('url', EDGE.panelUrl);
    await running.perform('add-server.submit');
    expect(running.state.addServer?.problem).toMatchObject({
      field: 'url',
      error: { code: 'server-known' },
    });
    expect(running.world.panels.looked).toEqual([]);
  });

  it('is dropped by leaving it or by another address', async () => {
    const running = await adding('203.0.113.77');
    let open = (): void => undefined;
    running.world.panels.gate = new Promise((resolve) => (open = resolve));
    const looking = running.perform('add-server.submit');
    running.app.editAddServer('url', '203.0.113.78');
    open();
    await looking;
    expect(running.state.dialogs).toEqual([]);
    expect(running.state.addServer?.phase).toBe('editing');
    await running.perform('back');
    expect(running.state.addServer).toBeUndefined();
    expect(running.state.routes).toEqual([{ screen: 'servers' }]);
  });

  it('tells no failure of a look once it was left', async () => {
    const running = await adding('203.0.113.77');
    const { panels } = running.world;
    let open = (): void => undefined;
    panels.gate = new Promise((resolve) => (open = resolve));
    panels.failure = new InputError({ code: 'panel-timeout', message: 'Silence.' });
    const looking = running.perform('add-server.submit');
    await running.start('back');
    open();
    await looking;
    expect(running.state).toMatchObject({ dialogs: [], toasts: [], addServer: undefined });
  });

  it('judges a label that is shown as taken at once, so that another one can be typed', async () => {
    const running = await adding('203.0.113.77', EDGE.label);
    void running.start('add-server.submit');
    expect(running.state.addServer).toMatchObject({
      phase: 'editing',
      problem: { field: 'label' },
    });
  });

  it('says nothing of a label that was replaced while it was judged', async () => {
    const running = await adding('203.0.113.77', 'box');
    const { operations } = running.world;
    // Another program began it just now.
    operations.add({ label: 'box', region: 'fra1' });
    const list = operations.list.bind(operations);
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    operations.list = async () => {
      await opened;
      return await list();
    };
    const submitted = running.start('add-server.submit');
    running.app.editAddServer('label', 'other');
    open();
    await submitted;
    expect(running.state.addServer).toMatchObject({
      label: 'other',
      phase: 'editing',
      problem: undefined,
    });
    await running.perform('add-server.submit');
    await running.answer(true);
    expect(added(running)).toMatchObject([{ label: 'other' }]);
  });
});
