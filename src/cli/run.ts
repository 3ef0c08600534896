import { readFile } from 'node:fs/promises';
import { messageOf, PortlamaError } from '../core/errors.js';
import { type Arguments, parseArguments } from './arguments.js';
import { helpText } from './help.js';
import { readSettings, sandboxSettings, type Settings } from './settings.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** The whole program: reads the arguments, wires what they need, and resolves to the exit code. */
export async function run(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number> {
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
  const world = await buildWorld(settings);
  let next: Settings | undefined;
  try {
    const { command } = args;
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
    await world.close();
  }
  return await runCommand(args, next, environment);
}

function report(error: unknown): number {
  if (!(error instanceof PortlamaError)) {
    process.stderr.write(`portlama-tui: ${messageOf(error)}\n`);
    return EXIT_FAILED;
  }
  process.stderr.write(`portlama-tui: ${error.message}\n`);
  if (error.hint !== undefined) process.stderr.write(`  ${error.hint}\n`);
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
