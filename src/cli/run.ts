import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FILE } from '../core/config.js';
import { chooseCapabilities } from '../core/capabilities.js';
import { InputError, isAbort } from '../core/errors.js';
import { PROGRAM } from '../core/product.js';
import { catchDefects, reportDefectsOf } from './defects.js';
import { errorAnswer, writeJson } from './answer.js';
import { DRY_RUN } from './commands/command.js';
import { exitCodeOf, isProcessOne, onEnding } from './endings.js';
import { EXIT } from './exit-codes.js';
import { errorLines, sayLegacyPasswords, type Spelling, spelled } from './say.js';
import { onlySwitches } from './global-options.js';
import { surviveLostOutput } from './lost-output.js';
import { noticeWarnings } from './notices.js';
import type { Invocation } from './parse.js';
import { readSettings, sandboxSettings, type Settings } from './settings.js';
import { version } from './version.js';
import type { World } from '../main/world.js';
import { writeText } from './write.js';

/** The whole program: reads the arguments, wires what they need, and resolves to the exit code. */
export async function run(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  catchDefects();
  surviveLostOutput();
  noticeWarnings();
  try {
    if (argv[0] === 'sandbox-daemon') return await runSandbox(environment);
    const invocation = await read(argv);
    if (invocation.kind === 'help') return print(invocation.text);
    if (invocation.kind === 'version') return print(`${version()}\n`);
    const settings = await settingsOf(invocation, environment);
    if (isProcessOne() && !isWorker(invocation))
      onEnding((signal) => process.exit(exitCodeOf(signal)));
    return await act(invocation, settings, environment);
  } catch (error) {
    const code = report(error, {
      sandbox: argv.includes('--sandbox'),
      ...spellingOf(argv, environment),
    });
    if (argv.includes('--json'))
      writeJson(errorAnswer(error, { sandbox: argv.includes('--sandbox') }));
    return code;
  }
}

/** The parser is loaded only for a command line that needs it: the full screen draws sooner without. */
async function read(argv: readonly string[]): Promise<Invocation> {
  const switches = onlySwitches(argv);
  if (switches !== undefined) return { ...switches, kind: 'screen' };
  return (await import('./parse.js')).parseArguments(argv);
}

function isWorker(invocation: Invocation): boolean {
  return invocation.kind === 'command' && invocation.command.hidden === true;
}

/** The process that the sandbox lives in; it never sees the real folder. */
async function runSandbox(environment: NodeJS.ProcessEnv): Promise<number> {
  const options = onlySwitches(['--sandbox'])!;
  const { home, sandboxDelays } = readSettings(options, environment);
  const { runDaemon } = await import('../main/sandbox-daemon.js');
  return await runDaemon(home, sandboxDelays);
}

/** The file with colours and keys is for the full screen; what reads it is loaded only where there is one. */
async function settingsOf(invocation: Wish, environment: NodeJS.ProcessEnv): Promise<Settings> {
  const settings = readSettings(invocation, environment, isWorker(invocation));
  const home = settings.homeSetting;
  if (invocation.kind !== 'screen' || !existsSync(join(home, CONFIG_FILE))) return settings;
  const { loadConfig } = await import('../main/config.js');
  return readSettings(invocation, environment, false, await loadConfig(home));
}

type Wish = Extract<Invocation, { kind: 'screen' | 'command' }>;

async function act(
  invocation: Wish,
  settings: Settings,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  // Loaded late: the full screen must draw before it knows how to provision.
  const { buildWorld } = await import('../main/world.js');
  const world = await buildWorld(settings, isWorker(invocation));
  const defects = reportDefectsOf(world);
  let next: Settings;
  try {
    if (invocation.kind === 'command') {
      const { command, call } = invocation;
      const moves = command.movesPasswords === true && !call.switches.has(DRY_RUN);
      if (command.hidden !== true) await prepareSecrets(world, moves);
      return await command.run({ ...call, world });
    }
    const { uiCommand } = await import('../main/full-screen.js');
    const outcome = await uiCommand(world, environment, version());
    if (outcome !== 'try-sandbox') return outcome;
    next = sandboxSettings(settings);
  } finally {
    defects.dispose();
    await world.close();
  }
  return await act(invocation, next, environment);
}

/** Commands ask for the vault's passphrase when they need it; the full screen asks in its own way. */
async function prepareSecrets(world: World, movesPasswords: boolean): Promise<void> {
  const { askForPassphrase } = await import('./stores.js');
  askForPassphrase(world);
  if (!movesPasswords) return;
  await sayLegacyPasswords(world);
}

/** Of an error that may come before the settings are read. */
function spellingOf(argv: readonly string[], environment: NodeJS.ProcessEnv): Spelling {
  const { ascii } = chooseCapabilities(
    environment,
    argv.includes('--ascii') ? { ascii: true } : {},
  );
  return { ascii, plain: argv.includes('--plain') };
}

function report(error: unknown, world: Spelling & { readonly sandbox: boolean }): number {
  // The question was answered with Ctrl-C or Ctrl-D.
  if (isAbort(error)) return EXIT.interrupted;
  const [message, ...hint] = errorLines(error, world).map((line) => spelled(line, world));
  writeText(process.stderr, `${PROGRAM}: ${message}\n`);
  for (const line of hint) writeText(process.stderr, `  ${line}\n`);
  return error instanceof InputError ? EXIT.refused : EXIT.failed;
}

function print(text: string): number {
  writeText(process.stdout, text);
  return 0;
}
