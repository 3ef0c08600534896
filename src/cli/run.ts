import { readFile } from 'node:fs/promises';
import { isAbort, messageOf, PortlamaError } from '../core/errors.js';
import { type Arguments, parseArguments } from './arguments.js';
import type { Command } from './command.js';
import { helpText } from './help.js';
import { catchDefects, reportDefectsOf } from './defects.js';
import { readSettings, sandboxSettings, type Settings } from './settings.js';
import type { World } from './world.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

/** The whole program: reads the arguments, wires what they need, and resolves to the exit code. */
export async function run(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  catchDefects();
  try {
    const args = parseArguments(argv);
    if (args.command.name === 'help') return print(helpText());
    if (args.command.name === 'version') return print(`${await version()}\n`);
    const settings = readSettings(args, environment);
    if (args.command.name === 'sandbox-daemon') {
      const { runDaemon } = await import('./sandbox-daemon.js');
      return await runDaemon(settings.home, settings.sandboxDelays);
    }
    return await runCommand(args, settings, environment);
  } catch (error) {
    return report(error);
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
  let next: Settings | undefined;
  try {
    const { command } = args;
    await prepareSecrets(world, command);
    switch (command.name) {
      case 'provision': {
        const { provisionCommand } = await import('./provision.js');
        const format = command.json ? 'json' : 'plain';
        return await provisionCommand(world, {
          region: command.region,
          label: command.label,
          format,
        });
      }
      case 'operations':
        return await (await import('./operations.js')).operationsCommand(world, command);
      case 'servers':
        return await (await import('./servers.js')).serversCommand(world);
      case 'strays':
        return await (await import('./strays.js')).straysCommand(world, command);
      case 'certificate':
        return await (await import('./certificate.js')).certificateCommand(world, command);
      case 'doctor':
        return await (await import('./doctor.js')).doctorCommand(world, await version());
      case 'token':
        return await (await import('./token.js')).tokenCommand(world, command.action);
      case 'vault':
        return await (await import('./vault.js')).vaultCommand(world, command.action);
      case 'worker':
        return await (
          await import('./worker.js')
        ).workerCommand(world, command.operationId, command.mode);
      case 'ui': {
        const { uiCommand } = await import('./ui.js');
        const outcome = await uiCommand(world, environment, await version());
        if (outcome !== 'try-sandbox') return outcome;
        next = sandboxSettings(settings);
        break;
      }
      case 'help':
      case 'version':
      case 'sandbox-daemon':
        return 0;
    }
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

function report(error: unknown): number {
  // The question was answered with Ctrl-C or Ctrl-D.
  if (isAbort(error)) return EXIT_INTERRUPTED;
  if (!(error instanceof PortlamaError)) {
    process.stderr.write(`portlama-tui: ${messageOf(error)}\n`);
    return EXIT_FAILED;
  }
  process.stderr.write(`portlama-tui: ${error.message}\n`);
  for (const line of error.hint?.split('\n') ?? []) process.stderr.write(`  ${line}\n`);
  return error.name === 'InputError' ? EXIT_USAGE : EXIT_FAILED;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

async function version(): Promise<string> {
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
