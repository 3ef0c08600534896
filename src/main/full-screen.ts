import type { ExitReason } from '../app/state.js';
import { CONFIG_FILE } from '../core/config.js';
import { openHealth } from './open-health.js';
import { createServices } from './services.js';
import { messageOf } from '../core/errors.js';
import { inTime } from '../core/time.js';
import { isUnderWay } from '../app/server-rows.js';
import { startApp } from '../screens/shell/shell.js';
import { type ScreenMemory, screenMemory } from '../services/files/screen-state.js';
import type { FileRegistry } from '../services/registry/registry-file.js';
import { keepHeapSmall } from '../services/process/small-heap.js';
import { controlJob } from '../widgets/terminal/job-control.js';
import { nonBlocking } from '../services/process/non-blocking-output.js';
import { openTerminal } from '../widgets/terminal/screen-terminal.js';
import { type Terminal, terminalProblem } from '../widgets/terminal/terminal.js';
import { type EndingSignal, endWith, exitCodeOf, isProcessOne } from '../cli/endings.js';
import { surviveLostTerminal } from '../cli/lost-output.js';
import { takeNotices } from '../cli/notices.js';
import { say } from '../cli/say.js';
import type { Settings } from '../cli/settings.js';
import { programLine } from '../words/hints.js';
import { isFrameKept, takeFrame } from './compiled.js';
import { leaveSignals, type PictureStart, takePicture } from './first-picture.js';
import { keepCompiled } from './keep-compiled.js';
import { pictureKeeper } from './keep-picture.js';
import { takeSignals } from './signals.js';
import type { SshDesk } from '../usecases/work.js';
import type { World } from './world.js';

const EXIT_CODES = {
  quit: 0,
  hangup: 129,
  'try-sandbox': 'try-sandbox',
} as const satisfies Readonly<Record<ExitReason, number | string>>;

/** Longest wait of the first frame for the list of servers and its order, ms. */
const LIST_MS = 100;

/** Longest wait for the list of provisionings when the program ends, ms. */
const LOOK_MS = 1_000;

/** From the first frame until the code of the program is kept, ms: what draws has run by then. */
const KEEP_AFTER_MS = 1_500;

/** Loaded late: needed only once the screen is closed. */
const loadFollow = () => import('../cli/follow.js');

/** Exit code, or the request to continue in the sandbox. */
export type UiOutcome = number | 'try-sandbox';

interface EndedBy {
  readonly signal: EndingSignal;
}

/** The full-screen program; in plain lines where there is no terminal for it. Resolves to the exit code. */
export async function uiCommand(
  world: World,
  environment: NodeJS.ProcessEnv,
  version: string,
): Promise<UiOutcome> {
  const input = process.stdin;
  const output = nonBlocking(process.stdout) ?? process.stdout;
  const problem = terminalProblem({ input, output, env: environment });
  if (problem !== undefined || world.settings.plain) {
    const { plainCommand } = await import('../cli/plain.js');
    return await plainCommand(world, problem);
  }
  const { ascii, reducedMotion, theme, mouse, config } = world.settings;
  const ahead = await readAhead(world);
  const picture = takePicture();
  const terminal = openTerminal({
    shown: picture?.shown,
    input,
    output,
    env: environment,
    theme,
    mouse,
    ownColours: config?.colours,
    ...(ascii ? { ascii: true } : {}),
    ...(reducedMotion ? { reducedMotion: true } : {}),
  });
  surviveLostTerminal();
  // Before anything else can run: what is told earlier waits for the screen.
  const early: string[] = [];
  let tell = (text: string): void => void early.push(text);
  const notices = takeNotices((text) => tell(text));
  const signals = takeSignals(terminal, world);
  leaveSignals();
  let outcome: UiOutcome | EndedBy;
  try {
    outcome = await runOn(
      { terminal, picture },
      { ...world, registry: ahead.registry },
      ahead.memory,
      environment,
      version,
      signals.ended,
      (say) => {
        tell = say;
        for (const text of early.splice(0)) say(text);
      },
    );
  } finally {
    terminal.restore();
    terminal.dispose();
    notices.dispose();
  }
  if (typeof outcome === 'object') return await leaveBySignal(world, outcome.signal);
  signals.dispose();
  if (outcome === 'try-sandbox') return outcome;
  return await settleWork(world, outcome);
}

/** Reads the list and its order before the screen is there, so that the first frame has them, unless that takes long. */
async function readAhead({
  home,
  registry,
}: World): Promise<{ registry: FileRegistry; memory: ScreenMemory }> {
  const memory = screenMemory(home);
  const list = firstAhead(() => registry.list());
  const read = firstAhead(() => memory.read());
  await settledWithin(LIST_MS, [list.first, read.first]);
  return { registry: { ...registry, list: list.next }, memory: { ...memory, read: read.next } };
}

/** Resolves with all of them, after `ms` at the latest. */
function settledWithin(ms: number, all: readonly Promise<unknown>[]): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void Promise.allSettled(all).then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Makes the first call now; `next` gives its answer once, then those of further calls. */
function firstAhead<T>(call: () => Promise<T>): { first: Promise<T>; next: () => Promise<T> } {
  const first = call();
  let ahead: Promise<T> | undefined = first;
  const next = (): Promise<T> => {
    const answer = ahead ?? call();
    ahead = undefined;
    return answer;
  };
  return { first, next };
}

/** Names the operation that continues; as process 1 cancels it first, since it would end with this program. */
async function leaveBySignal(world: World, signal: EndingSignal): Promise<never> {
  const [id] = await idsAtWork(world);
  const code = exitCodeOf(signal);
  if (id === undefined) process.exit(code);
  const { followToEnd, wayBack } = await loadFollow();
  if (isProcessOne()) await followToEnd(world, id, { format: 'plain', foreground: true, signal });
  return await endWith(code, wayBack(id, world.settings), process.stderr);
}

/** Names the work that continues, waits for it or cancels it, after quitting or the loss of the terminal. */
async function settleWork(world: World, code: number): Promise<number> {
  const [id] = await idsAtWork(world);
  if (id === undefined) return code;
  if (code !== 0) return await leaveBySignal(world, 'SIGHUP');
  if (!isProcessOne()) {
    const { wayBack } = await loadFollow();
    say(world, wayBack(id, world.settings));
    return code;
  }
  say(world, 'This is process 1 of its container: it stays until the work is done.');
  const { followToEnd } = await loadFollow();
  return await followToEnd(world, id, { format: 'plain' });
}

/** Operations that a worker works on; none where that cannot be read in time. */
async function idsAtWork({ operations, clock }: World): Promise<readonly string[]> {
  const listed = operations.list().catch(() => []);
  const all = await inTime(listed, { clock, ms: LOOK_MS, late: [] });
  return all.filter(isUnderWay).map(({ id }) => id);
}

/** The first thing that is wrong with the person's own colours and keys, and how to see the others. */
function problemOf({ config, sandbox }: Settings): string | undefined {
  const [first, ...others] = config?.problems ?? [];
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : ` And ${others.length} more:`;
  return `${CONFIG_FILE}: ${first}${more} ${programLine('config check', { sandbox })}`;
}

async function runOn(
  { terminal, picture }: { terminal: Terminal; picture: PictureStart | undefined },
  world: World,
  memory: ScreenMemory,
  environment: NodeJS.ProcessEnv,
  version: string,
  ended: Promise<EndingSignal>,
  onOpen: (say: (text: string) => void) => void,
): Promise<UiOutcome | EndedBy> {
  const { settings } = world;
  const { health, close } = openHealth(world);
  const job = controlJob(terminal);
  const services = createServices(world, environment, version);
  const app = startApp({
    terminal,
    ports: {
      ...services,
      ssh: onWholeTerminal(services.ssh, terminal),
      health,
      screenMemory: memory,
    },
    settings: {
      reducedMotion: settings.reducedMotion,
      bell: settings.bell,
      keys: settings.config?.keys,
    },
    suspend: () => job.stop(),
  });
  onOpen((text) => app.say(text));
  const wrong = problemOf(settings);
  if (wrong !== undefined) app.say(wrong);
  const first = terminal.onFrame(() => {
    first.dispose();
    // Takes time that the frame need not wait for. Code that is still to be kept would be of other settings of V8.
    if (isFrameKept()) setImmediate(keepHeapSmall);
  });
  const keepPicture = pictureKeeper(picture, terminal, app.store);
  const keep = setTimeout(() => {
    void keepCompiled(takeFrame());
    keepHeapSmall();
    void keepPicture();
  }, KEEP_AFTER_MS);
  try {
    return await Promise.race([
      app.done.then((reason) => EXIT_CODES[reason]),
      ended.then((signal) => ({ signal })),
    ]);
  } finally {
    clearTimeout(keep);
    job.dispose();
    app.dispose();
    await close();
    await keepSeen(world, memory);
  }
}

/** Keeps when the screen was closed: the next start tells what happened since. */
async function keepSeen({ registry, clock, log }: World, memory: ScreenMemory): Promise<void> {
  try {
    // Write nothing for an empty list.
    if ((await registry.list()).length > 0) await memory.change({ seenAt: clock.now() });
  } catch (error) {
    log.write('error', `The closing time could not be saved: ${messageOf(error)}`);
  }
}

/** Gives the terminal to ssh while it runs. */
function onWholeTerminal(ssh: SshDesk, terminal: Terminal): SshDesk {
  return {
    ...ssh,
    async run(target) {
      terminal.suspend();
      try {
        return await ssh.run(target);
      } finally {
        terminal.resume();
      }
    },
  };
}
