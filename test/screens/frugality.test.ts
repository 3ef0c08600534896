import { describe, expect, it } from 'vitest';
import type { HealthChange } from '../../src/services/health/health.js';
import { serversView } from '../../src/screens/servers/servers.view.js';
import { EDGE, FakeWorld, LAB } from '../app/fakes/fake-world.js';
import { breathe } from '../fixtures/terminal/screen.js';
import { INSTALLING, runUntil } from './fixtures/records.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const LARGE = { columns: 120, rows: 40 };

function servers(count: number): (typeof EDGE)[] {
  return Array.from({ length: count }, (_, index) => ({
    ...LAB,
    id: `id-${index}`,
    label: `box-${index}`,
  }));
}

function online(index: number, latencyMs: number): HealthChange {
  const health = { state: 'online', since: 0, latencyMs, version: '1.0.53' } as const;
  return { serverId: `id-${index}`, health, samples: [20, latencyMs] };
}

describe('bytes', () => {
  it('of an idle minute are under 2 kB with five servers looked at every 30 s', async () => {
    const world = new FakeWorld({ servers: servers(5) });
    const program = await startProgram(world, LARGE);
    // The first result of each changes much.
    for (let index = 0; index < 5; index += 1) world.health.report(online(index, 15));
    await program.screen.draw();
    await program.screen.draw();
    await program.screen.bytesSince();
    for (let second = 0; second < 60; second += 1) {
      await world.clock.pass(1_000);
      if (second % 6 === 0) world.health.report(online((second / 6) % 5, 20 + second));
      await program.screen.draw();
    }
    const bytes = await program.screen.bytesSince();
    expect(await program.text()).toContain('5 online');
    // It did draw: every result is another latency.
    expect(bytes).toBeGreaterThan(100);
    expect(bytes).toBeLessThan(2_048);
  });

  it('of an idle minute on the page of a server are under 2 kB, with a look each 30 seconds', async () => {
    const world = new FakeWorld({ servers: servers(1) });
    const program = await startProgram(world, LARGE);
    const look = (latencyMs: number): void => {
      const at = world.clock.now();
      const known = world.health.histories.get('id-0')?.samples ?? [];
      const samples = [...known, { at, latencyMs }];
      world.health.histories.set('id-0', { samples, fives: [], hours: [], outages: [] });
      world.health.report(online(0, latencyMs));
    };
    look(20);
    await program.press('enter');
    // The history is read once the cursor has rested; its first picture is not part of the minute.
    await world.clock.pass(1_000);
    await expect.poll(() => program.text(), { timeout: 10_000 }).toContain('Latency, 20 ms');
    await program.screen.draw();
    await program.screen.bytesSince();
    for (let second = 0; second < 60; second += 1) {
      await world.clock.pass(1_000);
      if (second % 30 === 0) look(30 + second);
      await program.settle();
      await program.screen.draw();
    }
    const bytes = await program.screen.bytesSince();
    expect(await program.text()).toContain('Latency, 20 ms to 60 ms');
    expect(bytes).toBeGreaterThan(100);
    expect(bytes).toBeLessThan(2_048);
  });

  it('of a tick of the spinner are under 60 while a server is made', async () => {
    const world = new FakeWorld();
    world.operations.add({ label: 'edge', region: 'fra1' });
    const program = await startProgram(world, { ...LARGE, reducedMotion: false });
    await program.press('enter');
    await runUntil(world, 'op1', 'install_portlama');
    world.operations.write('op1', ...INSTALLING);
    await program.screen.draw();
    await program.screen.draw();
    const ticks: number[] = [];
    let before = program.screen.terminal.stats;
    while (ticks.length < 12) {
      await breathe();
      const now = program.screen.terminal.stats;
      const frames = now.renders - before.renders;
      if (frames > 0) ticks.push((now.bytesWritten - before.bytesWritten) / frames);
      before = now;
    }
    // A tick of the clock may find the same second.
    expect(ticks.filter((bytes) => bytes > 0).length).toBeGreaterThan(8);
    expect(Math.max(...ticks)).toBeLessThan(60);
  });
});

describe('a burst', () => {
  it.each(['at once', 'one by one'])('of 1,000 health results %s is few frames', async (how) => {
    const world = new FakeWorld({ servers: servers(1_000) });
    const program = await startProgram(world, LARGE);
    await program.screen.draw();
    const { renders, shown } = { ...program.screen.terminal.stats, shown: showCount(program) };
    for (let index = 0; index < 1_000; index += 1) {
      world.health.report(online(index, 20));
      if (how === 'one by one') await Promise.resolve();
    }
    await program.screen.draw();
    expect(await program.text()).toContain('1,000 online');
    expect(program.screen.terminal.stats.renders - renders).toBeLessThan(10);
    expect(shown()).toBeGreaterThan(0);
    expect(shown()).toBeLessThan(30);
  });

  it('of 100 log lines, one by one, brings the list up to date once a frame', async () => {
    const world = new FakeWorld({ servers: servers(1_000) });
    const operation = world.operations.add({ label: 'new', region: 'fra1' });
    const program = await startProgram(world, LARGE);
    await program.screen.draw();
    const frames = countFrames(program);
    const shown = showCount(program);
    for (let index = 0; index < 100; index += 1) {
      world.health.report(online(index, 20));
      const line = { event: 'log', step: 'wait_ssh', text: `line ${index}` } as const;
      world.operations.write(operation, line);
      await breathe(1);
    }
    await program.screen.draw();
    expect(await program.text()).toContain('100 online');
    expect(shown()).toBeGreaterThan(0);
    expect(shown()).toBeLessThanOrEqual(frames());
  });

  it('of looks before a key is shown with what the key does, in one go', async () => {
    const program = await startProgram(new FakeWorld({ servers: servers(1_000) }), LARGE);
    await program.screen.draw();
    const shown = showCount(program);
    for (let index = 0; index < 20; index += 1) program.world.health.report(online(index, 20));
    program.screen.input.write('j');
    await program.screen.draw();
    expect(shown()).toBe(1);
    expect(await program.text()).toMatch(/› . +box-1 .*\n/);
    expect(await program.text()).toContain('20 online');
  });

  it('of keys is answered by the screen that each key leads to', async () => {
    const world = new FakeWorld({ servers: [EDGE] });
    world.operations.add({ label: 'new', region: 'fra1' });
    const program = await startProgram(world);
    // In one packet, as over a slow line: to the provisioning, and there a search rather than the list's filter.
    await program.screen.send('G\r/x');
    expect(await program.text()).toContain('new › Provisioning');
    expect(await program.text()).toMatch(/ \/x/);
  });
});

/** Frames since the call. */
function countFrames(program: RunningProgram): () => number {
  let frames = 0;
  program.screen.terminal.onFrame(() => (frames += 1));
  return () => frames;
}

/** How often the screen was brought up to date: each time looks for news and for answers among the messages. */
function showCount(program: RunningProgram): () => number {
  const { toasts } = program.app.store.state;
  let looks = 0;
  const filter = toasts.filter.bind(toasts);
  Object.defineProperty(toasts, 'filter', {
    value: (...args: Parameters<typeof filter>) => {
      looks += 1;
      return filter(...args);
    },
  });
  return () => looks / 2;
}

it('makes one row anew for a health result, of 1,000', async () => {
  const world = new FakeWorld({ servers: servers(1_000) });
  const program = await startProgram(world);
  const rows = () =>
    serversView(program.app.store.state, { selected: undefined, now: 0 }).list.rows;
  const before = rows();
  world.health.report(online(500, 20));
  const after = rows();
  expect(after).toHaveLength(1_000);
  const made = after.filter((row, index) => row !== before[index]).map(({ id }) => id);
  expect(made).toEqual(['id-500']);
  expect(rows().every((row, index) => row === after[index])).toBe(true);
});
