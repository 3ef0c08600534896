import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import type { JournalEntry } from '../../src/services/provisioning/journal/records.js';
import { dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, FakeWorld, LAB } from '../app/fakes/fake-world.js';
import { startProgram, type RunningProgram } from './fixtures/running-program.js';

const ROUNDS = 50;

/** Everything that could be forgotten on closing a screen. */
function listeners({ screen, app }: RunningProgram): Record<string, number> {
  const { terminal } = screen;
  const store = app.store as unknown as { changed: { listenerCount: number } };
  return {
    input: screen.input
      .eventNames()
      .reduce((sum, name) => sum + screen.input.listenerCount(name), 0),
    output: screen.output
      .eventNames()
      .reduce((sum, name) => sum + screen.output.listenerCount(name), 0),
    process: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    store: store.changed.listenerCount,
    ...terminal.stage.census,
  };
}

async function withEverything(): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [EDGE, LAB] });
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  for (const server of [EDGE, LAB]) world.addDroplet(dropletOf(server));
  world.operations.add({ label: 'new', region: 'sgp1' });
  return await startProgram(world);
}

describe('opening and closing', () => {
  /** There, what is seen there, and back. */
  const visits: Readonly<Record<string, readonly [there: string, seen: string, back: string]>> = {
    help: ['?', 'Create a new server', 'q'],
    palette: [':', 'Commands', 'ctrl-c'],
    'activity log': ['L', 'Activity', 'q'],
    doctor: ['D', 'servers.json', 'q'],
    question: ['d', 'Destroy fra1-edge?', 'ctrl-c'],
    'certificate of a panel': ['c', 'certificate', 'ctrl-c'],
    'import of a certificate': ['I', 'Panel of fra1-edge', 'ctrl-c'],
    'open panel': ['p', 'fra1-edge', ''],
    filter: ['/ n', '/n', 'enter escape'],
    'add server': ['a', 'Add an existing server', 'escape'],
    'add server with a question': ['a 2 0 3 . 0 . 1 1 3 . 7 7 enter', 'AB:AB:AB', 'escape escape'],
    wizard: ['n', 'leave empty to', 'ctrl-c'],
    'wizard to its last step': ['n enter enter enter enter', '› Create server ‹', 'ctrl-c'],
    provisioning: ['G enter', 'new › Provisioning', 'q'],
    'search in its log': ['G enter / x enter', '/x', 'n w f escape q'],
    'cancelling it': ['G enter x', 'Cancel', 'ctrl-c q'],
  };
  const keys = (text: string): readonly string[] => text.split(' ').filter((key) => key !== '');

  it.each(Object.keys(visits))('%s leaves nothing behind', async (name) => {
    const program = await withEverything();
    const [there, seen, back] = visits[name]!;
    const visit = async (): Promise<void> => {
      await program.press(...keys(there), ...keys(back));
      // A second Ctrl-C within two seconds would end the program.
      await program.world.clock.pass(10_000);
    };
    await visit();
    const before = listeners(program);
    for (let round = 0; round < ROUNDS; round += 1) await visit();
    expect(program.app.store.state).toMatchObject({
      exit: undefined,
      routes: [{ screen: 'servers' }],
    });
    expect(listeners(program)).toEqual(before);
    await program.press(...keys(there));
    expect(await program.text()).toContain(seen);
  });
});

describe('a lot at once', () => {
  it('is drawn in few frames: 10,000 log lines while typing', async () => {
    const program = await withEverything();
    await program.press('G', 'enter');
    const before = program.screen.terminal.stats.renders;
    for (let burst = 0; burst < 20; burst += 1) {
      const lines = Array.from({ length: 500 }, (_, index): JournalEntry => {
        return { event: 'log', step: 'install_portlama', text: `line ${burst * 500 + index}` };
      });
      program.world.operations.write('op1', ...lines);
    }
    await program.press('/', 'x');
    expect(await program.text()).toContain('line 9999');
    expect(program.screen.terminal.stats.renders - before).toBeLessThan(30);
    expect(program.app.store.state.operations.logs['op1']?.total).toBe(10_000);
  });

  it('finds its way in 1,000 servers', async () => {
    const servers = Array.from({ length: 1_000 }, (_, index) => ({
      ...LAB,
      id: `id-${index}`,
      label: `box-${index}`,
    }));
    const world = new FakeWorld({ servers });
    const program = await startProgram(world);
    await program.press('G');
    expect(await program.text()).toContain('› ◌  box-999');
    world.registry.changeFromOutside(servers.slice(500));
    expect(await program.text()).toContain('› ◌  box-999');
  });
});
