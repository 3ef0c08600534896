import { describe, expect, it } from 'vitest';
import { grouped } from '../../src/core/clean.js';
import { DAY_MS } from '../../src/core/time.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { dropletOf } from '../app/fakes/fake-digitalocean.js';
import { FakeWorld, LAB } from '../app/fakes/fake-world.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const REGIONS = ['fra1', 'nyc3', 'sgp1'];

function servers(count: number): readonly ServerEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    ...LAB,
    id: `id-${index}`,
    label: `edge-${String(index).padStart(3, '0')}`,
    region: REGIONS[index % 3]!,
    providerId: String(1_000 + index),
    ip: `203.0.113.${index % 250}`,
    panelUrl: `https://panel-${index}.example.com`,
  }));
}

/** So many servers, each with another latency; the first in each region has no droplet any more. */
async function startMany(count: number, world?: FakeWorld): Promise<RunningProgram> {
  const made = world ?? new FakeWorld({ servers: servers(count) });
  await made.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  for (const server of servers(count).slice(3)) made.addDroplet(dropletOf(server));
  const program = await startProgram(made, { columns: 100, rows: 24 });
  servers(count).forEach(({ id }, index) => {
    const health =
      index < 3
        ? ({ state: 'offline', since: 0, reason: 'refused', code: 'x' } as const)
        : ({
            state: 'online',
            since: 0,
            latencyMs: 5 + ((index * 37) % 211),
            version: '1',
          } as const);
    made.health.report({ serverId: id, samples: [], health });
  });
  await made.clock.pass(6_000);
  await program.screen.draw();
  return program;
}

async function labels(program: RunningProgram): Promise<readonly string[]> {
  return [...(await program.text()).matchAll(/^│.*?(edge-\d+)/gm)].map(([, label]) => label!);
}

describe.each([1, 30, 1_000])('a list of %i', (count) => {
  it('has titles above its columns, and says where the cursor is when not all is seen', async () => {
    const program = await startMany(count);
    expect(await program.text()).toMatch(/LABEL +STATE +REGION +ADDRESS +LATENCY/);
    await program.press('down', 'down');
    const place = `${Math.min(3, count)}/${count.toLocaleString('en')}`;
    if (count > 9) expect(await program.text()).toContain(` ${place} ─`);
    else expect(await program.text()).not.toContain(place);
  });

  it('costs the same few bytes for a step of the cursor', async () => {
    const program = await startMany(count);
    await program.press('down', 'down', 'down', 'down');
    await program.screen.bytesSince();
    const { renders } = program.screen.terminal.stats;
    await program.screen.press('down');
    await program.screen.draw();
    expect(await program.screen.bytesSince()).toBeLessThan(2_400);
    expect(program.screen.terminal.stats.renders - renders).toBeLessThan(4);
  });

  it('is drawn once for a filter of several words over all facts, with the number of matches', async () => {
    const program = await startMany(count);
    await program.type('/fra1 gone');
    expect(await labels(program)).toEqual(['edge-000']);
    expect(await program.text()).toContain(`1 of ${grouped(count)}`);
    await program.press('escape');
    await program.type('/online panel-7.example');
    await program.press('enter');
    expect(await labels(program)).toEqual(count > 7 ? ['edge-007'] : []);
  });
});

describe('a filter that hides every row', () => {
  it('leaves no row to act on, and shows the facts of none', async () => {
    const program = await startMany(30);
    await program.type('/nowhere');
    await program.press('enter');
    expect(await program.text()).not.toContain('panel-0.example.com');
    await program.press('d');
    expect(await program.text()).toContain('No server is selected.');
  });
});

describe('the order of the list', () => {
  it('is chosen by S and the name of a column, turned round by the same, and kept for the next start', async () => {
    const program = await startMany(30);
    await program.type('Slat');
    await program.press('enter', 'g');
    const rising = await labels(program);
    expect(rising.slice(0, 3)).toEqual(['edge-023', 'edge-006', 'edge-029']);
    expect(await program.text()).toContain('LATENCY↑');
    expect(await program.text()).toContain('sort: latency ↑');
    await program.type('Slat');
    await program.press('enter', 'g');
    expect((await labels(program))[0]).toBe('edge-017');
    program.dispose();

    const next = await startMany(30, program.world);
    expect(await next.text()).toContain('sort: latency ↓');
    expect((await labels(next))[0]).toBe('edge-017');
    await next.type('Snone');
    await next.press('enter', 'g');
    expect((await labels(next)).slice(0, 2)).toEqual(['edge-000', 'edge-001']);
    expect(next.world.screenState.sort).toBeUndefined();
  });

  it('puts what is down first by state, whatever follows the cursor', async () => {
    const program = await startMany(30);
    await program.press('end');
    await program.type('Sstate');
    await program.press('enter');
    expect(program.app.store.state.servers.sort).toEqual({ column: 'state', descending: false });
    expect(await program.text()).toMatch(/› ● +edge-029/);
    await program.press('g');
    expect((await labels(program)).slice(0, 4)).toEqual([
      'edge-000',
      'edge-001',
      'edge-002',
      'edge-003',
    ]);
  });
});

describe('certificates that end soon', () => {
  it('are counted in the title, found by a filter, and put first by their column', async () => {
    const program = await startMany(9);
    const now = program.world.clock.now();
    for (const [id, days] of [
      ['id-5', 20],
      ['id-7', 3],
      ['id-4', 300],
    ] as const)
      program.world.health.report({
        serverId: id,
        samples: [],
        health: {
          state: 'online',
          since: 0,
          latencyMs: 9,
          version: '1',
          certificateEndsAt: now + days * DAY_MS + 1,
        },
      });
    await program.screen.draw();
    expect(await program.text()).toContain('2 certificates expire soon');
    await program.type('/expires');
    await program.press('enter');
    expect(await labels(program)).toEqual(['edge-005', 'edge-007']);
    await program.press('escape');
    await program.type('Scert');
    await program.press('enter', 'g');
    expect((await labels(program)).slice(0, 3)).toEqual(['edge-007', 'edge-005', 'edge-004']);
  });
});

describe('marked rows', () => {
  it('are destroyed together after one question, for which their number is typed', async () => {
    const program = await startMany(30);
    await program.press('g', 'down', 'down', 'down', 'space', 'space');
    expect(await program.text()).toMatch(/✓● +edge-003/);
    expect(await program.text()).toContain('d destroy 2');
    await program.press('d');
    // The use case is loaded late.
    await expect.poll(() => program.text()).toContain('Destroy 2 at once?');
    const asked = await program.text();
    expect(asked).toContain('edge-003, edge-004');
    expect(asked).toContain('$8/month stops.');
    await program.type('2');
    await program.press('enter');
    await program.settle();
    const left = program.app.store.state.servers.list.map(({ label }) => label);
    expect(left).toHaveLength(28);
    expect(left).not.toContain('edge-003');
    expect(await program.text()).not.toContain('✓');
  });

  it('that a filter hides are neither counted nor touched', async () => {
    const program = await startMany(30);
    await program.press('g', 'down', 'down', 'down', 'space', 'space', 'space');
    await program.type('/edge-004');
    await program.press('enter', 'd');
    const asked = await program.text();
    expect(asked).toContain('Destroy edge-004?');
    expect(asked).not.toContain('edge-003');
    await program.press('escape', 'escape');
    expect(await program.text()).toContain('d destroy 3');
    await program.press('escape');
    expect(await program.text()).not.toContain('✓');
  });

  it('are all that the filter shows, by one key', async () => {
    const program = await startMany(30);
    await program.type('/fra1 online');
    await program.press('enter');
    await program.type('*');
    expect(await program.text()).toContain('d destroy 9');
    await program.type('*');
    expect(await program.text()).not.toContain('✓');
  });

  it('refuse all of them, by name, where one cannot be ended', async () => {
    const program = await startMany(3);
    const id = program.world.operations.add({ label: 'new-one', region: 'fra1' });
    await program.settle();
    await program.type('*');
    await program.type('d');
    expect(await program.text()).toContain('new-one is marked: Still creating');
    expect(id).toBe('op1');
  });
});

describe('the title line', () => {
  it('says what is down and what all of it costs a month', async () => {
    const program = await startMany(1_000);
    const [title] = (await program.text()).split('\n');
    // The three whose droplets are gone cost nothing.
    expect(title).toContain('1,000 servers · 997 online · 3 down · $3,988/month');
  });
});
