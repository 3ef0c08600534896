import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/core/time.js';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import type { Droplet } from '../../../src/services/digitalocean/api.js';
import { findLoss } from '../../../src/services/provisioning/worker/droplet-loss.js';
import type { JournalEntry } from '../../../src/services/provisioning/journal/records.js';
import type { StepContext } from '../../../src/services/provisioning/worker/step.js';
import { timing } from '../../../src/services/provisioning/timing.js';
import { type ProvisioningWorld, provisioningWorld } from '../../fixtures/provisioning.js';

const DELAYS = { ...NO_DELAYS, install: { ...NO_DELAYS.install, deploy_panel: 1_500 } };
type Look = 'active' | 'off' | 404;

/** What is found out by these looks, the last one again and again, and after how long. */
async function foundBy(
  looks: readonly Look[],
  isListed = false,
): Promise<{
  readonly code: string | undefined;
  readonly afterMs: number;
  readonly looks: number;
}> {
  let passed = 0;
  let looked = 0;
  const clock: Clock = {
    now: () => passed,
    monotonic: () => passed,
    sleep: (ms) => Promise.resolve(void (passed += ms)),
  };
  const api = {
    getDroplet: () => {
      const look = looks[Math.min(looked++, looks.length - 1)]!;
      return Promise.resolve(look === 404 ? undefined : ({ id: 7, status: look } as Droplet));
    },
    listDroplets: () => Promise.resolve(isListed ? [{ id: 7 } as Droplet] : []),
  };
  const context = {
    ports: { api, clock, timing: timing() },
    outputs: { create_droplet: { dropletId: 7, name: 'edge' } },
  } as unknown as StepContext;
  const loss = await findLoss(context, new AbortController().signal);
  return { code: loss?.code, afterMs: passed, looks: looked };
}

describe('what DigitalOcean says of a droplet that cannot be reached', () => {
  it.each<[string, readonly Look[], boolean, string | undefined, number]>([
    ['active', ['active'], false, undefined, 0],
    ['404 for 30 s and in no list', [404], false, 'droplet-gone', 30_000],
    ['404 for 30 s, though it is listed', [404], true, undefined, 30_000],
    ['404 twice, then active', [404, 404, 'active'], false, undefined, 20_000],
    ['off for 10 s', ['off'], false, 'droplet-off', 10_000],
    ['off once, then active', ['off', 'active'], false, undefined, 10_000],
    ['404, off, 404 for 30 s', [404, 'off', 404], false, 'droplet-gone', 50_000],
  ])('is believed once it is sure: %s', async (_name, looks, isListed, code, afterMs) => {
    const found = await foundBy(looks, isListed);
    expect([found.code, found.afterMs]).toEqual([code, afterMs]);
    if (code === 'droplet-gone') expect(found.looks).toBeGreaterThanOrEqual(3);
  });
});

/** Something happens to the droplet once the panel is being deployed. */
async function installing(happens: (world: ProvisioningWorld, id: number) => void): Promise<{
  readonly world: ProvisioningWorld;
  /** From then on, milliseconds. */
  readonly tookMs: () => number;
}> {
  let began = 0;
  const isDeploying = (entry: JournalEntry): boolean =>
    entry.event === 'substep' && entry.name === 'deploy_panel' && entry.status === 'running';
  const world: ProvisioningWorld = await provisioningWorld({
    sandbox: { delays: DELAYS },
    onEntry: (entry) => {
      if (began > 0 || !isDeploying(entry)) return;
      began = performance.now();
      happens(world, world.created().droplets[0]!.id);
    },
  });
  return { world, tookMs: () => performance.now() - began };
}

async function expectNothingLeft(world: ProvisioningWorld): Promise<void> {
  const { droplets, keys } = world.created();
  expect([droplets, keys, (await world.operation()).leftovers]).toEqual([[], [], []]);
  expect([...world.keystore.secrets.keys()]).toEqual([]);
}

describe('an installation whose droplet', () => {
  it.each<[string, string, (world: ProvisioningWorld, id: number) => void]>([
    ['is powered off', 'droplet-off', ({ sandbox }, id) => sandbox.controls.setPower(id, false)],
    ['is deleted elsewhere', 'droplet-gone', ({ sandbox }, id) => sandbox.controls.vanish(id)],
  ])('%s ends with that, long before SSH is given up', async (_name, code, happens) => {
    const { world, tookMs } = await installing(happens);
    expect(await world.run()).toBe('failed');
    expect(tookMs()).toBeLessThan(world.ports.timing.sshMs);
    const { error } = await world.operation();
    expect(error).toMatchObject({ step: 'install_portlama', code });
    expect(error?.message).toMatch(/droplet \d+ /i);
    expect(error?.hint).toContain('DigitalOcean console');
    await expectNothingLeft(world);
  });

  it('is only not shown by DigitalOcean for a moment goes on', async () => {
    const { world } = await installing(({ sandbox }, id) => {
      sandbox.controls.refuseSsh(id, 800);
      const match = { method: 'GET', path: `/v2/droplets/${id}` };
      sandbox.controls.addFault({ kind: 'sample', sample: 'error-404', match, times: 2 });
    });
    expect(await world.run()).toBe('succeeded');
    expect(world.created().droplets).toHaveLength(1);
  });
});
