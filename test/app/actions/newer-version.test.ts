import { describe, expect, it } from 'vitest';
import { tellNewerVersion } from '../../../src/app/actions/newer-version.js';
import { wantsUpdateNotice } from '../../../src/cli/settings.js';
import { PROGRAM } from '../../../src/core/product.js';
import type { FindNewest, FoundVersion } from '../../../src/services/installer/find-package.js';
import { FakeWorld } from '../fakes/fake-world.js';
import { startAppWithoutScreens } from '../fakes/running-app.js';

const HOUR_MS = 60 * 60_000;
const NEWER: FoundVersion = { kind: 'found', version: '0.2.0' };
const TOLD = 'portlama-tui 0.2.0 is out, this is 0.1.10: npm install --global portlama-tui';

/** A registry that counts its questions, and answers in its own time. */
class CountingRegistry {
  readonly asked: string[] = [];
  signal: AbortSignal | undefined;

  constructor(private readonly answer: FoundVersion | Promise<FoundVersion>) {}

  readonly findNewest: FindNewest = async (name, signal) => {
    this.asked.push(name);
    this.signal = signal;
    return await this.answer;
  };
}

function worldOf(registry: CountingRegistry, updateNotice = true): FakeWorld {
  const world = new FakeWorld({ facts: { updateNotice, version: '0.1.10' } });
  Object.assign(world.ports, { findNewest: registry.findNewest });
  return world;
}

/** The last message of a program that looked now, and has ended: it must not look again as time passes. */
async function look(world: FakeWorld): Promise<string | undefined> {
  const running = await startAppWithoutScreens(world);
  await tellNewerVersion(running.app.work);
  await running.app.store.idle();
  running.app.dispose();
  return running.lastToast;
}

describe('a newer version of this program', () => {
  it('is told once a day at most', async () => {
    const registry = new CountingRegistry(NEWER);
    const world = worldOf(registry);
    expect(await look(world)).toBe(TOLD);
    await world.clock.pass(23 * HOUR_MS);
    expect(await look(world)).toBeUndefined();
    expect(registry.asked).toEqual([PROGRAM]);
    await world.clock.pass(HOUR_MS);
    expect(await look(world)).toBe(TOLD);
  });

  it('is looked for after the first frame', async () => {
    const registry = new CountingRegistry(NEWER);
    const world = worldOf(registry);
    const running = await startAppWithoutScreens(world);
    expect(registry.asked).toEqual([]);
    await world.clock.pass(500);
    await expect.poll(() => running.lastToast).toBe(TOLD);
  });

  it('is looked for again only tomorrow where the registry gives no answer', async () => {
    const registry = new CountingRegistry({ kind: 'unknown', reason: 'it cannot be reached' });
    const world = worldOf(registry);
    expect(await look(world)).toBeUndefined();
    expect(await look(world)).toBeUndefined();
    expect(registry.asked).toEqual([PROGRAM]);
  });

  it('is looked for where the last look was noted by a clock that was ahead', async () => {
    const world = worldOf(new CountingRegistry(NEWER));
    world.screenState = { updateSoughtAt: world.clock.now() + 1_000 * HOUR_MS };
    expect(await look(world)).toBe(TOLD);
  });

  it('is not waited for: no question of quitting, and the end of the program ends the look', async () => {
    const registry = new CountingRegistry(new Promise(() => undefined));
    const world = worldOf(registry);
    const running = await startAppWithoutScreens(world);
    await world.clock.pass(500);
    await expect.poll(() => registry.asked).toEqual([PROGRAM]);
    expect(running.state.running).toMatchObject([{ quiet: true, keepsOpen: false }]);
    running.app.dispose();
    expect(registry.signal?.aborted).toBe(true);
  });

  it.each(['0.1.10', '0.1.9', '0.0.99', '0.2.0-beta.1', '1', '', '0.2.0\u001b[31m'])(
    'is no version %j',
    async (version) => {
      const registry = new CountingRegistry({ kind: 'found', version });
      expect(await look(worldOf(registry))).toBeUndefined();
      expect(registry.asked).toEqual([PROGRAM]);
    },
  );

  it('is not looked for where the settings say so, and nothing is noted', async () => {
    const registry = new CountingRegistry(NEWER);
    const world = worldOf(registry, false);
    expect(await look(world)).toBeUndefined();
    expect(registry.asked).toEqual([]);
    expect(world.screenState).toEqual({});
  });
});

describe('the setting', () => {
  const real = { sandbox: false };

  it('is on for a published program, unless it is refused, in CI or in the sandbox', () => {
    expect(wantsUpdateNotice(real, {}, true)).toBe(true);
    expect(wantsUpdateNotice(real, { CI: 'false', NO_UPDATE_NOTIFIER: '' }, true)).toBe(true);
    expect(wantsUpdateNotice(real, { NO_UPDATE_NOTIFIER: '0' }, true)).toBe(false);
    expect(wantsUpdateNotice(real, { CI: 'true' }, true)).toBe(false);
    expect(wantsUpdateNotice({ sandbox: true }, {}, true)).toBe(false);
  });

  it('is off before the package is published, so that nobody who takes its name is advertised', () => {
    expect(wantsUpdateNotice(real, {}, false)).toBe(false);
  });
});
