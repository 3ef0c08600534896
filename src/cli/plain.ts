import { isAbort, messageOf, PortlamaError } from '../core/errors.js';
import { sayLegacyPasswords } from './legacy-passwords.js';
import { createInWords } from './plain-wizard.js';
import { openPrompt } from './prompt.js';
import { commandLine } from './program-name.js';
import { provisionCommand } from './provision.js';
import { serversCommand } from './servers.js';
import { askForPassphrase } from './stores.js';
import type { World } from './world.js';

/**
 * The program in plain lines: with a keyboard it asks, without one the sandbox creates its server and the real
 * thing lists what there is, since creating costs money. Resolves to the exit code.
 */
export async function plainCommand(world: World, problem: string | undefined): Promise<number> {
  process.stdout.write(`portlama-tui in plain lines. ${problem ?? ''}`.trimEnd() + '\n');
  await sayLegacyPasswords(world);
  if (process.stdin.isTTY) return await converse(world);
  if (world.settings.sandbox) {
    process.stdout.write(
      'Sandbox: an embedded DigitalOcean on this machine; nothing costs money.\n',
    );
    const code = await provisionCommand(world, {
      region: undefined,
      label: undefined,
      format: 'plain',
    });
    await serversCommand(world);
    return code;
  }
  await serversCommand(world);
  const create = commandLine(world, 'provision --region fra1');
  process.stdout.write(`Create a server with: ${create}\n`);
  return 0;
}

async function converse(world: World): Promise<number> {
  const prompt = openPrompt();
  askForPassphrase(world.stores, world.settings, prompt);
  try {
    for (;;) {
      await serversCommand(world);
      const choice = await prompt.ask('[n]ew server, [r]efresh, [q]uit: ');
      if (choice === 'q') return 0;
      if (choice === 'n') await createInWords(world, prompt).catch(sayWhatWentWrong);
    }
  } catch (error) {
    // The end of the input (Ctrl-D, Ctrl-C) is a way to leave.
    if (isAbort(error)) return 0;
    throw error;
  } finally {
    prompt.close();
  }
}

function sayWhatWentWrong(error: unknown): void {
  if (isAbort(error)) throw error;
  const hint = error instanceof PortlamaError && error.hint !== undefined ? ` ${error.hint}` : '';
  process.stdout.write(`${messageOf(error)}${hint}\n`);
}
