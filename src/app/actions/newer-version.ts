import { PROGRAM } from '../../core/product.js';
import { newerProgramText } from '../../words/updates.js';
import type { ActionContext } from './context.js';
import { DAY_MS } from '../../core/time.js';

/** Asks the npm registry for a newer version of this program, once a day at most, and tells it. */
export async function tellNewerVersion(context: ActionContext): Promise<void> {
  const { ports, messages, signal, run } = context;
  if (!ports.environment.updateNotice) return;
  const title = 'Looking for a newer version';
  const onError = ({ message }: { readonly message: string }): void =>
    ports.log.write('error', `A newer version was not looked for: ${message}`);
  await run({ title, quiet: true, onError }, async () => {
    const now = ports.clock.now();
    const { updateSoughtAt } = await ports.screenMemory.read();
    if (isToday(updateSoughtAt, now)) return;
    // Before the question: a registry that does not answer is asked again tomorrow, not with the next start.
    await ports.screenMemory.change({ updateSoughtAt: now });
    const found = await ports.findNewest(PROGRAM, signal);
    if (found.kind !== 'found') return;
    const { version } = ports.environment;
    if (isNewer(found.version, version))
      messages.news('accent', newerProgramText(found.version, version));
  });
}

/** A time ahead of the clock is none: one that was set wrong must not silence the notice for years. */
function isToday(at: number | undefined, now: number): boolean {
  return at !== undefined && at <= now && now - at < DAY_MS;
}

/** False for a pre-release, and for what is no version at all. */
function isNewer(found: string, own: string): boolean {
  const [one, other] = [numbersOf(found), numbersOf(own)];
  if (one === undefined || other === undefined) return false;
  const at = one.findIndex((part, index) => part !== other[index]);
  return at !== -1 && one[at]! > other[at]!;
}

function numbersOf(version: string): readonly number[] | undefined {
  return /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(version)?.slice(1).map(Number);
}
