import { InputError, isAbort } from '../core/errors.js';
import { type Arguments, parseArguments } from './arguments.js';
import type { Command } from './command.js';
import { surviveClosedPipes } from './closed-pipe.js';
import { catchDefects, reportDefectsOf } from './defects.js';
import { exitCodeOf, isProcessOne, onEnding } from './endings.js';
import { errorLines } from './error-lines.js';
import { helpText } from './help.js';
import { isWorldCommand, perform } from './perform.js';
import { readSettings, sandboxSettings, type Settings } from './settings.js';
import { version } from './version.js';
import type { World } from './world.js';
import { writeText } from './write.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

/** The whole program: reads the arguments, wires what they need, and resolves to the exit code. */
export async function run(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  catchDefects();
  surviveClosedPipes();
  try {
    const args = parseArguments(argv);
    if (args.command.name === 'help') return print(helpText());
    if (args.command.name === 'version') return print(`${await version()}\n`);
    const settings = readSettings(args, environment);
    if (args.command.name === 'sandbox-daemon') {
      const { runDaemon } = await import('./sandbox-daemon.js');
      return await runDaemon(settings.home, settings.sandboxDelays);
    }
    if (isProcessOne() && args.command.name !== 'worker')
      onEnding((signal) => process.exit(exitCodeOf(signal)));
    return await runCommand(args, settings, environment);
  } catch (error) {
    return report(error, { sandbox: argv.includes('--sandbox') });
  }
}

async function runCommand(
  args: Arguments,
  settings: Settings,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  // Loaded by need: the full-screen program must draw before it knows how to provision.
  const { buildWorld } = await import('./world.js');
  const world = await buildWorld(settings, args.command.name === 'worker');
  const defects = reportDefectsOf(world);
  let next: Settings;
  try {
    const { command } = args;
    await prepareSecrets(world, command);
    if (isWorldCommand(command)) return await perform(world, command);
    const { uiCommand } = await import('./ui.js');
    const outcome = await uiCommand(world, environment, await version());
    if (outcome !== 'try-sandbox') return outcome;
    next = sandboxSettings(settings);
  } finally {
    defects.dispose();
    await world.close();
  }
  return await runCommand(args, next, environment);
}

/** The full screen asks in its own way; a worker asks nobody, and what it needs it was given. */
async function prepareSecrets(world: World, { name }: Command): Promise<void> {
  if (name === 'ui' || name === 'worker') return;
  const [{ askForPassphrase }, { sayLegacyPasswords }] = await Promise.all([
    import('./stores.js'),
    import('./legacy-passwords.js'),
  ]);
  askForPassphrase(world.stores, world.settings);
  if (name === 'servers' || name === 'provision') await sayLegacyPasswords(world);
}

function report(error: unknown, world: { readonly sandbox: boolean }): number {
  // The question was answered with Ctrl-C or Ctrl-D.
  if (isAbort(error)) return EXIT_INTERRUPTED;
  const [message, ...hint] = errorLines(error, world);
  writeText(process.stderr, `portlama-tui: ${message}\n`);
  for (const line of hint) writeText(process.stderr, `  ${line}\n`);
  return error instanceof InputError ? EXIT_USAGE : EXIT_FAILED;
}

function print(text: string): number {
  writeText(process.stdout, text);
  return 0;
}
