import { Declined } from '../usecases/face.js';
import { AccountsReader } from '../usecases/compare-accounts.js';
import { accountReader, type OpenAccount, openAnyAccounts } from '../usecases/open-accounts.js';
import type { DropletLook } from '../usecases/watch/droplets.js';
import { watchServers } from '../usecases/watch/watch-servers.js';
import { watchLine } from '../words/watch.js';
import { messageOf } from '../core/errors.js';
import type { WatchEvent } from '../core/watch-event.js';
import { openHealth } from '../main/open-health.js';
import type { World } from '../main/world.js';
import { MANAGED_TAG } from '../core/product.js';
import { keepHeapSmall } from '../services/process/small-heap.js';
import { type Measured, openMetrics } from '../services/watching/open-metrics.js';
import { MetricsServer } from '../services/watching/metrics-server.js';
import { type Outlet, programOutlet, webhookOutlet } from '../services/watching/outlets.js';
import { WatchMemoryFile } from '../services/watching/watch-memory.js';
import type { Work } from '../usecases/work.js';
import { Measurements } from '../usecases/watch/measurements.js';
import { writeJson } from './answer.js';
import { type EndingSignal, exitCodeOf, onEnding } from './endings.js';
import { say } from './say.js';

export interface WatchWish {
  readonly json: boolean;
  readonly exec?: string | undefined;
  readonly webhook?: string | undefined;
  /** `ADDRESS:PORT` */
  readonly metrics?: string | undefined;
}

/** Tells changes of the servers until a signal ends it, or the reader of its output goes. Resolves to the exit code. */
export async function watch(world: World, work: Work, wish: WatchWish): Promise<number> {
  keepHeapSmall();
  const outlets = outletsOf(wish);
  const stop = new AbortController();
  let signal: EndingSignal | undefined;
  const ending = onEnding((given) => {
    signal = given;
    stop.abort();
  });
  const warn = (message: string): void => say(world, world.redactor.clean(message), process.stderr);
  const isReadElsewhere = outlets.length > 0 || wish.metrics !== undefined;
  if (!isReadElsewhere) process.stdout.on('error', () => stop.abort());
  await unlockOnce(world, warn);
  const { health, close } = openHealth(world);
  const measurements =
    wish.metrics === undefined ? undefined : new Measurements({ ...work, health });
  const tokens = new TokenAtHand(work);
  let server: MetricsServer | undefined;
  try {
    if (wish.metrics !== undefined && measurements !== undefined) {
      server = await MetricsServer.open(
        wish.metrics,
        await openMetrics(() => measurements.measure()),
      );
      warn(`Metrics: ${server.url}`);
    }
    const targets = outlets.map(({ name, target }) => `${name} ${target}`);
    const watching = watchServers(
      {
        ...work,
        health,
        async listDroplets(given) {
          const found = await tokens.listDroplets(given);
          measurements?.takeDroplets(found);
          return found;
        },
        accountReader: () => accountReader(work),
        memory: new WatchMemoryFile(world.home, targets, world.clock, warn),
        outlets,
        tell: (event) => tell(world, wish.json, event),
        warn,
      },
      stop.signal,
    );
    const measuring = measurements?.run(() => tokens.readExpiry(stop.signal), stop.signal);
    // One that fails ends the other.
    await Promise.all([watching, measuring]).finally(() => stop.abort());
  } finally {
    measurements?.dispose();
    await server?.close();
    await close();
    ending.dispose();
  }
  return signal === undefined ? 0 : exitCodeOf(signal);
}

/** Ways out that were asked for. Throws InputError for one that cannot be used. */
export function outletsOf({ exec, webhook }: WatchWish): readonly Outlet[] {
  return [
    ...(exec === undefined ? [] : [programOutlet(exec, process.env)]),
    ...(webhook === undefined ? [] : [webhookOutlet(webhook)]),
  ];
}

/** Asks for the passphrase of the vault now, if at all: nothing asks in the middle of the events. */
async function unlockOnce(
  { stores, settings }: World,
  warn: (message: string) => void,
): Promise<void> {
  if (stores === undefined) return;
  try {
    if ((await stores.choose()).kind === 'vault') await stores.vault.requireKey();
  } catch (error) {
    if (error instanceof Declined) throw error;
    warn(messageOf(error));
  }
  if (settings.passphraseSource === undefined) stores.vault.unlockBy(undefined);
}

/** DigitalOcean as the tokens at hand see it; they are read anew after a failure: others may be saved by then. */
class TokenAtHand {
  private accounts: readonly OpenAccount[] | undefined;

  constructor(private readonly work: Work) {}

  /** Undefined without a token. */
  async listDroplets(signal: AbortSignal): Promise<DropletLook | undefined> {
    return await this.ask(async (accounts) => {
      const reader = new AccountsReader(accounts);
      const droplets = await reader.listDroplets({ tag: MANAGED_TAG }, signal);
      const { unasked } = reader;
      // Another token of theirs may be saved by the next look.
      if (unasked.length > 0) this.accounts = undefined;
      return { droplets, asked: reader.asked.map(({ name }) => name), unasked };
    });
  }

  async readExpiry(signal: AbortSignal): Promise<Measured['tokens']> {
    const read = async ({ name, api }: OpenAccount): Promise<Measured['tokens']> => {
      const { expiresInSeconds: seconds } = await api.getTokenInfo(signal);
      if (seconds === undefined) return [];
      return [{ account: name, notAfter: this.work.clock.now() + seconds * 1_000 }];
    };
    const found = await this.ask(
      async (accounts) =>
        await Promise.all(accounts.map((account) => read(account).catch(() => []))),
    );
    return (found ?? []).flat();
  }

  private async ask<T>(
    call: (accounts: readonly OpenAccount[]) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      this.accounts ??= await openAnyAccounts(this.work);
      return this.accounts === undefined ? undefined : await call(this.accounts);
    } catch (error) {
      this.accounts = undefined;
      throw error;
    }
  }
}

function tell(world: World, json: boolean, event: WatchEvent): void {
  if (json) writeJson(event);
  else say(world, watchLine(Date.parse(event.at), event.text));
}
