import { describe, expect, it, onTestFinished } from 'vitest';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import { step as waitDroplet } from '../../../src/services/provisioning/steps/wait-droplet.js';
import type { StepContext } from '../../../src/services/provisioning/worker/step.js';
import { timing } from '../../../src/services/provisioning/timing.js';
import { ManualClock } from '../../fixtures/manual-clock.js';
import { OTHER_CALLS } from '../../fixtures/provisioning.js';
import { openProvisioningWorld } from '../../fixtures/provisioning-world.js';

const IP = '159.89.1.2';
/** Milliseconds after the creation. */
interface Boot {
  readonly addressAt: number;
  readonly activeAt: number;
  readonly address?: string;
  /** When a connection stands; a rejection with this error when it is one. */
  readonly reachedAt?: number | Error;
}

interface Waited {
  readonly looks: number;
  readonly tookMs: number;
  /** Addresses that were tried, and whether that has ended. */
  readonly tried: readonly string[];
  readonly isOver: boolean;
  readonly end: unknown;
}

/** Runs the step against a droplet that boots like this, in real time limits. */
async function waitFor(boot: Boot): Promise<Waited> {
  const clock = new ManualClock();
  const start = clock.monotonic();
  const since = (): number => clock.monotonic() - start;
  let looks = 0;
  const tried: string[] = [];
  const signals: AbortSignal[] = [];
  const api = {
    getDroplet() {
      looks++;
      return Promise.resolve({
        status: since() >= boot.activeAt ? 'active' : 'new',
        publicIpv4: since() >= boot.addressAt ? (boot.address ?? IP) : undefined,
      });
    },
  };
  const reach = async (ip: string, signal: AbortSignal): Promise<boolean> => {
    tried.push(ip);
    signals.push(signal);
    if (boot.reachedAt instanceof Error) throw boot.reachedAt;
    while (!signal.aborted) {
      if (boot.reachedAt !== undefined && since() >= boot.reachedAt) return true;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return false;
  };
  const context = {
    ports: { api, clock, timing: timing(), apiIsLoopback: false },
    outputs: { create_droplet: { dropletId: 7 } },
    shell: { reach },
    log: () => Promise.resolve(),
  } as unknown as StepContext;
  const end = await waitDroplet
    .run(context, new AbortController().signal)
    .catch((error: unknown) => error);
  return { looks, tookMs: since(), tried, isOver: signals.every(({ aborted }) => aborted), end };
}

const NEVER = Infinity;

describe('waiting for a droplet', () => {
  it.each([
    [33_300, 11],
    [47_500, 25],
    [61_400, 39],
    [64_800, 42],
  ])(
    'notices within a second that it is active after %i ms, in %i looks at most',
    async (activeAt, looks) => {
      const waited = await waitFor({ addressAt: 6_000, activeAt });
      expect(waited.end).toEqual({ ip: IP });
      expect(waited.tookMs - activeAt).toBeLessThanOrEqual(1_000);
      expect(waited.looks).toBeLessThanOrEqual(looks);
      expect(waited.isOver).toBe(true);
    },
  );

  it('is over when SSH lets us in, although it is still called new', async () => {
    const waited = await waitFor({ addressAt: 6_000, activeAt: NEVER, reachedAt: 24_500 });
    expect(waited.end).toEqual({ ip: IP });
    expect(waited.tried).toEqual([IP]);
    // This clock moves by the pauses between looks alone.
    expect(waited.tookMs).toBeLessThanOrEqual(28_000);
  });

  it.each([16_200, 24_900])(
    'notices a fast boot of %i ms within four seconds where SSH does not let us in',
    async (activeAt) => {
      const waited = await waitFor({ addressAt: 6_000, activeAt });
      expect(waited.tookMs - activeAt).toBeLessThanOrEqual(4_000);
    },
  );

  it('costs no more looks than a provisioning may make, however long the boot takes', async () => {
    for (let activeAt = 1_000; activeAt < 300_000; activeAt += 7_300) {
      const { looks, end } = await waitFor({ addressAt: 6_000, activeAt });
      expect(end).toEqual({ ip: IP });
      expect(looks + OTHER_CALLS).toBeLessThanOrEqual(60);
    }
  });

  it('ends with boot-timeout when neither comes, within the same number of looks', async () => {
    const waited = await waitFor({ addressAt: 6_000, activeAt: NEVER });
    expect(waited.end).toMatchObject({ code: 'boot-timeout' });
    expect(waited.looks + OTHER_CALLS).toBeLessThanOrEqual(60);
    expect(waited.isOver).toBe(true);
  });

  it('waits for active when something else answers, or the key is not at hand', async () => {
    const waited = await waitFor({
      addressAt: 6_000,
      activeAt: 30_000,
      reachedAt: new Error('the store is locked'),
    });
    expect(waited.end).toEqual({ ip: IP });
    expect(waited.tookMs).toBeGreaterThanOrEqual(30_000);
  });

  it('never tries an address that no droplet has', async () => {
    const waited = await waitFor({ addressAt: 6_000, activeAt: 30_000, address: '10.0.0.1' });
    expect(waited.end).toBeInstanceOf(Error);
    expect(waited.tried).toEqual([]);
  });
});

it('installs on a droplet that DigitalOcean still calls new', async () => {
  const status = (): string | undefined =>
    world.sandbox.state().droplets.find(({ name }) => name.endsWith(world.request.label))?.status;
  let seen: string | undefined;
  const world = await openProvisioningWorld({
    sandbox: { delays: { ...NO_DELAYS, bootMs: 20_000, addressMs: -19_900, sshMs: -19_500 } },
    timeFactor: 1,
    onEntry(entry) {
      if (entry.event === 'step' && entry.step === 'wait_ssh' && entry.status === 'done')
        seen = status();
    },
  });
  onTestFinished(() => world.close());
  expect(await world.run()).toBe('succeeded');
  expect(seen).toBe('new');
}, 30_000);
