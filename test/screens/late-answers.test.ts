import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { EDGE, FakeWorld } from '../app/fakes/fake-world.js';
import { completed, failed, runUntil } from './fixtures/records.js';
import { startProgram } from './fixtures/running-program.js';

/** Pressed or typed on after something came about by itself, as if that had not been noticed yet. */
describe('keys on their way', () => {
  it('to the label of a server to be added stay with it when the look fails', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    let answer = (): void => undefined;
    world.panels.gate = new Promise((resolve) => (answer = resolve));
    world.panels.failure = new Error('no answer');
    const program = await startProgram(world);
    await program.press('a');
    await program.type('203.0.113.77');
    await program.press('enter', 'tab');
    await program.type('my-');
    answer();
    expect(await program.text()).toContain('no answer');
    await program.type('box');
    expect(program.app.store.state.addServer).toMatchObject({
      url: '203.0.113.77',
      label: 'my-box',
    });
  });

  it('to a filter are no keys of the empty list that comes meanwhile', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    const program = await startProgram(world);
    await program.press('/');
    await program.type('f');
    world.registry.changeFromOutside([]);
    await program.settle();
    await program.type('tn');
    expect(await program.text()).toContain('/ftn');
    await program.press('escape');
    expect(await program.text()).toContain('No servers yet');
    expect(program.app.store.state.exit).toBeUndefined();
  });

  it('change no label once its server is being started', async () => {
    const world = new FakeWorld();
    const program = await startProgram(world);
    await program.press('n');
    await program.paste(SANDBOX_TOKENS.good.token);
    await program.press('enter', 'enter');
    world.latency.answer('fra1', 14);
    await program.settle();
    await program.press('enter');
    await program.type('edge');
    await program.press('enter');
    world.operations.start = () => new Promise(() => undefined);
    await program.press('enter', 'shift-tab');
    await program.type('-two');
    expect(program.app.store.state.wizard).toMatchObject({ label: 'edge', creating: true });
    expect(await program.text()).not.toContain('-two');
  });

  it('open a failed provisioning, and begin no other one by the same key', async () => {
    const world = new FakeWorld();
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    const id = world.operations.add({ label: 'edge', region: 'fra1' });
    await runUntil(world, id, 'wait_ssh');
    world.operations.write(id, ...failed('wait_ssh'));
    const program = await startProgram(world);
    await program.press('enter');
    expect(await program.text()).toContain('› Close ‹');
    await program.press('enter');
    expect(world.operations.calls).toEqual([]);
  });

  it('leave a provisioning that is done, and keep its server the active one', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    const id = world.operations.add({ label: 'edge', region: 'fra1' });
    const program = await startProgram(world);
    await program.press('G', 'enter');
    await runUntil(world, id, 'cleanup');
    const made = {
      ...EDGE,
      id: 'c0ffee00-0000-4000-8000-000000000001',
      label: 'edge',
      active: true,
    };
    await world.registry.save(made);
    world.operations.write(id, completed());
    await program.settle();
    await program.screen.send('\r\r');
    await program.settle();
    const active = (await world.registry.list()).filter((server) => server.active);
    expect(active.map(({ label }) => label)).toEqual(['edge']);
  });
});
