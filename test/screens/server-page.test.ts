import { expect, it } from 'vitest';
import type { HealthChange } from '../../src/services/health/health.js';
import type { PanelApi } from '../../src/services/panel/panel-api.js';
import { EDGE, FakeWorld, LAB } from '../app/fakes/fake-world.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

it('has buttons that an arrow reaches: set active is undone by the same one, and by u', async () => {
  const program = await startProgram(new FakeWorld({ servers: [EDGE, LAB] }));
  const active = () =>
    program.app.store.state.servers.list.filter((server) => server.active).map(({ id }) => id);
  await program.press('down', 'enter', 'enter');
  expect(await program.text()).toContain('[Panel] [Set active] [Set up]');
  expect(program.world.opened).toEqual([]);
  await program.press('right', 'right', 'enter');
  await expect.poll(active).toEqual([LAB.id]);
  // The message is above the buttons for a while.
  await program.world.clock.pass(6_000);
  await expect.poll(() => program.text()).toContain('›Undo set active‹');
  await program.press('enter');
  await expect.poll(active).toEqual([EDGE.id]);
  await program.press('s');
  await expect.poll(active).toEqual([LAB.id]);
  await program.press('u');
  await expect.poll(active).toEqual([EDGE.id]);
});

/** A panel that is set up, with these uses of its processor, a look each. */
function machinePanel(usages: readonly number[]): PanelApi {
  const left = [...usages];
  const told = {
    onboarding: async () => ({ status: 'COMPLETED', domain: 'lab.example.com' }),
    version: async () => '0.1.30',
    stats: async () => ({
      cpu: { usage: left.shift() ?? 0 },
      memory: { total: 400, used: 200 },
      disk: { total: 1_000, used: 990 },
    }),
    services: async () => [],
    certificates: async () => [],
    renewsItself: async () => true,
    close: () => undefined,
  };
  return told as unknown as PanelApi;
}

function online(latencyMs: number): HealthChange {
  const health = { state: 'online', latencyMs, version: '0.1.30', since: 0 } as const;
  return { serverId: EDGE.id, samples: [latencyMs], health };
}

async function onPageOf(world: FakeWorld): Promise<RunningProgram> {
  const program = await startProgram(world, { columns: 80, rows: 24 });
  program.world.health.report(online(18));
  await program.press('enter');
  await expect.poll(() => program.text()).toContain('├ Machine');
  return program;
}

it('shows the use of the machine at the last looks', async () => {
  const world = new FakeWorld({ servers: [EDGE] });
  const api = machinePanel([3, 55, 100]);
  world.openPanelApi = async () => ({ api, wantsCode: false });
  const program = await onPageOf(world);
  await expect.poll(() => program.text()).toContain('CPU 3 %');
  expect(await program.text()).not.toContain('Lately');
  program.world.health.report(online(20));
  await expect.poll(() => program.text()).toContain('Lately CPU ▁▅   Memory ▅▅   Disk ██');
  // Kept while the program runs: a panel has no history.
  await program.press('escape');
  await expect.poll(() => program.text()).not.toContain('├ Machine');
  await program.press('enter');
  await expect.poll(() => program.text()).toContain('Lately CPU ▁▅█   Memory ▅▅▅   Disk ███');
});

it('says that the panel wants a code first, and asks nothing by itself', async () => {
  const world = new FakeWorld({ servers: [EDGE] });
  const api = machinePanel([]);
  world.openPanelApi = async () => ({ api, wantsCode: true });
  const program = await onPageOf(world);
  await expect.poll(() => program.text()).toContain('requires a code of its second factor first');
  expect(program.app.store.state.dialogs).toEqual([]);
});
