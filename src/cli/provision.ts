import { InputError } from '../core/errors.js';
import type { Disposable } from '../core/lifecycle.js';
import { asTyped } from '../core/program-name.js';
import { isSaved } from '../services/provisioning/fold.js';
import type { Operation } from '../services/provisioning/operations.js';
import { isEnd, type JournalRecord } from '../services/provisioning/records.js';
import { fastestRegion } from './fastest-region.js';
import { chooseLabel } from '../usecases/labels.js';
import { onInterrupt } from './interrupts.js';
import { plainLine, ProtocolLines } from './record-lines.js';
import { say } from './say.js';
import { requireLastingStore } from '../usecases/stores.js';
import { findToken, type World } from './world.js';
import { writeText } from './write.js';

export type OutputFormat = 'json' | 'plain';

/** Creates a server and reports on standard output. Resolves to the exit code: 0 online, 1 failed. */
export async function provisionCommand(
  world: World,
  options: {
    readonly region: string | undefined;
    readonly label: string | undefined;
    readonly format: OutputFormat;
  },
): Promise<number> {
  const token = await requireToken(world);
  const region = requireRegionSlug(
    options.region ?? (await sandboxRegion(world, token, options.format)),
  );
  const label = await chooseLabel(world, region, options.label);
  await requireLastingStore(world);
  const id = await world.operations.start({ region, label }, token);
  return await followToEnd(world, id, options.format);
}

/** Prints an operation from its first record to its end. Resolves to the exit code: 0 online, 1 anything else. */
export async function followToEnd(world: World, id: string, format: OutputFormat): Promise<number> {
  const print = printerFor(world, format);
  const explaining = explainInterrupts(world, id, format);
  try {
    return await new Promise<number>((resolve, reject) => {
      const finish = (code: number): void => {
        clearInterval(watch);
        following.dispose();
        resolve(code);
      };
      const following = world.operations.follow(id, (records) => {
        for (const record of records) print(record);
        // An end before the last worker is the end of an earlier attempt.
        const last = records.findLast((record) => record.event === 'worker' || isEnd(record));
        if (last !== undefined && isEnd(last)) finish(last.event === 'complete' ? 0 : 1);
      });
      // A worker that was killed writes no end.
      let isDoubted = false;
      const watch = setInterval(() => {
        world.operations.get(id).then((operation) => {
          if (operation?.status === 'out-of-sight' && !isDoubted) {
            isDoubted = true;
            writeText(process.stderr, `${CANNOT_TELL}\n`);
          }
          const why = whyNothingFollows(operation, id);
          if (why === undefined) return;
          writeText(process.stderr, `${asTyped(why, world.settings)}\n`);
          finish(1);
        }, reject);
      }, INTERRUPTION_CHECK_MS);
    });
  } finally {
    explaining.dispose();
  }
}

const INTERRUPTION_CHECK_MS = 2000;
const CANNOT_TELL =
  'Cannot tell from here whether it is still being worked on in another container or machine. What it writes is shown.';

/** Undefined while its worker lives, or its end is in the journal. */
function whyNothingFollows(operation: Operation | undefined, id: string): string | undefined {
  if (operation === undefined) return 'Another program has forgotten it.';
  if (operation.status !== 'interrupted') return undefined;
  const cleanUp = `portlama-tui operations cleanup ${id}`;
  const resume = `portlama-tui operations resume ${id}`;
  if (operation.cleanUpBegun) return `Interrupted while cleaning up. Finish it with: ${cleanUp}`;
  if (isSaved(operation)) return `Interrupted, though it is online. Finish it with: ${resume}`;
  return `Interrupted. Go on with: ${resume}\nOr remove what it made: ${cleanUp}`;
}

function printerFor(world: World, format: OutputFormat): (record: JournalRecord) => void {
  if (format === 'plain') {
    let last: string | undefined;
    return (record) => {
      const line = plainLine(record);
      // The same wait, told again at every try, says nothing new.
      if (line === undefined || (record.event === 'waiting' && line === last)) return;
      last = line;
      for (const part of line.split('\n')) say(world, part);
    };
  }
  const protocol = new ProtocolLines();
  return (record) => {
    for (const line of protocol.next(record)) writeText(process.stdout, `${line}\n`);
  };
}

/** Ctrl-C leaves; the work goes on, and the person is told how to come back. */
function explainInterrupts(world: World, id: string, format: OutputFormat): Disposable {
  const text = `The work goes on in the background.\n  watch:  portlama-tui operations attach ${id}\n  cancel: portlama-tui operations cancel ${id}`;
  return onInterrupt(world, text, format === 'json' ? process.stderr : process.stdout);
}

export async function requireToken(world: World): Promise<string> {
  const token = await findToken(world);
  if (token !== undefined) return token;
  throw new InputError({
    code: 'token-missing',
    message: `There is no DigitalOcean API token in the environment or in ${world.keystore.title}.`,
    hint: 'Store one with: portlama-tui token set. Or set PORTLAMA_CLOUD_TOKEN.',
  });
}

/** A slug's form; whether the region exists is asked before anything is created. */
function requireRegionSlug(region: string): string {
  if (/^[a-z]{3}\d$/.test(region)) return region;
  throw new InputError({
    code: 'region-invalid',
    message: `${JSON.stringify(region)} is not a region.`,
    hint: 'A region is a slug such as fra1, nyc3 or sgp1.',
  });
}

/** Only the sandbox chooses by itself: elsewhere a choice costs money, so it is the person's. */
async function sandboxRegion(world: World, token: string, format: OutputFormat): Promise<string> {
  if (!world.settings.sandbox) {
    throw new InputError({
      code: 'region-missing',
      message: 'Which region should the server be in?',
      hint: 'Add --region, for example --region fra1.',
    });
  }
  const fastest = await fastestRegion(world, token);
  if (format === 'plain') {
    writeText(
      process.stdout,
      `Fastest region: ${fastest.name} (${fastest.slug}), ${Math.round(fastest.medianMs)} ms.\n`,
    );
  }
  return fastest.slug;
}
