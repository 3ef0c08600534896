import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome } from '../../../src/services/provisioning/worker/run.js';
import type { Cut } from '../../fixtures/cutting-proxy.js';
import type { Phase } from './phases.js';
import { watchUnhandled } from './unhandled.js';
import { openSshWorld, type SshWorld, type SshWorldOptions } from './world.js';

/** Real milliseconds; whoever needs longer hangs. */
const RUN_LIMIT_MS = 90_000;

export interface Drive extends Pick<SshWorldOptions, 'haste' | 'config'> {
  readonly phase: Phase;
  /** The cuts to make in the phase, from its beginning on. */
  readonly cuts: readonly Cut[];
  /** The world is prepared, and nothing has run. */
  readonly onOpen?: (world: SshWorld) => void | Promise<void>;
  /** Called with each cut before it is made. */
  readonly onCut?: (world: SshWorld, cut: Cut) => void;
  readonly onConnected?: (world: SshWorld) => void;
}

export interface Driven {
  readonly world: SshWorld;
  /** Undefined: it hangs. */
  readonly outcome: Outcome | undefined;
  /** What was cut. */
  readonly cuts: readonly Cut[];
  /** Whatever came about, this is wrong: it hangs, or would have ended the program. */
  readonly wrong: readonly string[];
  /** From the first cut, or from the beginning, to the end; real milliseconds. */
  readonly tookMs: number;
}

/** Runs a provisioning to its end with cuts in one phase. A phase that ends before its first cut is cut at its end. */
export async function drive<T>(options: Drive, judge: (driven: Driven) => Promise<T>): Promise<T> {
  const { phase, haste, config } = options;
  const made: Cut[] = [];
  const plan = [...options.cuts];
  const world: SshWorld = await openSshWorld({
    haste,
    config,
    upload: phase.upload,
    onConnected: () => options.onConnected?.(world),
    onEntry(entry) {
      if (entry.event !== 'step' || entry.step !== phase.step) return;
      const { proxy } = world;
      if (entry.status === 'running') return proxy.arm(() => plan.shift());
      proxy.disarm();
      const [missed] = options.cuts;
      if (made.length > 0 || missed === undefined) return;
      proxy.onCut(missed);
      proxy.cutAll();
    },
  });
  const unhandled = watchUnhandled();
  try {
    await options.onOpen?.(world);
    let since = performance.now();
    world.proxy.onCut = (cut) => {
      if (made.length === 0) since = performance.now();
      made.push(cut);
      options.onCut?.(world, cut);
    };
    const outcome = await withinLimit(world.run());
    const tookMs = performance.now() - since;
    const wrong = [...(outcome === undefined ? ['it hangs'] : []), ...unhandled.seen];
    return await judge({ world, outcome, cuts: made, wrong, tookMs });
  } finally {
    unhandled.stop();
    await world.close();
  }
}

async function withinLimit<T>(work: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  const limit = delay(RUN_LIMIT_MS, undefined, { signal: over.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, limit]);
  } finally {
    over.abort();
  }
}
