import { describe, expect, it } from 'vitest';
import { FakeWorld } from '../fakes/fake-world.js';
import { startAppWithoutScreens } from '../fakes/running-app.js';

describe('quitting', () => {
  it('is immediate when nothing is under way', async () => {
    const running = await startAppWithoutScreens();
    await running.perform('leave');
    expect(running.state.exit).toBe('quit');
  });

  it('asks while a provisioning goes on, and says that it goes on', async () => {
    const world = new FakeWorld();
    world.operations.add({ label: 'edge', region: 'fra1' });
    const running = await startAppWithoutScreens(world);
    await running.perform('leave');
    expect(running.state.exit).toBeUndefined();
    expect(JSON.stringify(running.state.dialogs)).toContain('continues in the background');
    await running.answer(true);
    expect(running.state.exit).toBe('quit');
    expect(world.operations.calls).toEqual([]);
  });

  it('leaves only the screen when it is not the first', async () => {
    const running = await startAppWithoutScreens();
    await running.perform('servers.create');
    await running.perform('leave');
    expect(running.state.routes).toEqual([{ screen: 'servers' }]);
    expect(running.state.exit).toBeUndefined();
  });

  it('is at once with a second Ctrl-C within two seconds', async () => {
    const running = await startAppWithoutScreens();
    await running.perform('servers.create');
    await running.perform('interrupt');
    expect(running.state.exit).toBeUndefined();
    expect(running.lastToast).toContain('Ctrl-C again');
    await running.world.clock.pass(1_900);
    await running.perform('interrupt');
    expect(running.state.exit).toBe('quit');
  });

  it('takes a late second Ctrl-C for a first one', async () => {
    const running = await startAppWithoutScreens();
    await running.perform('servers.create');
    await running.perform('help');
    await running.perform('interrupt');
    expect(running.state).toMatchObject({ overlay: undefined, exit: undefined });
    await running.world.clock.pass(2_100);
    await running.perform('interrupt');
    expect(running.state).toMatchObject({ routes: [{ screen: 'servers' }], exit: undefined });
  });
});

describe('messages', () => {
  it('go after a while and stay in the activity log', async () => {
    const running = await startAppWithoutScreens();
    await running.perform('servers.create');
    await running.perform('interrupt');
    expect(running.state.toasts.length).toBe(1);
    await running.world.clock.pass(6_000);
    expect(running.state.toasts).toEqual([]);
    expect(running.state.activity.length).toBe(1);
  });
});
