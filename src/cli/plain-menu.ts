import { isAbort } from '../core/errors.js';
import { parseArguments } from './arguments.js';
import { errorLines } from './error-lines.js';
import { commandLines } from './help.js';
import { isWorldCommand, perform } from './perform.js';
import { createInWords } from './plain-wizard.js';
import { askOnce } from './prompt.js';
import { say } from './say.js';
import { listServers } from './servers/list.js';
import { askForPassphrase } from './stores.js';
import type { World } from './world.js';

const QUESTION = '[n]ew server, [r]efresh, [h]elp, [q]uit, or a command: ';

/** The list of servers, then whatever is typed, until the person leaves. Resolves to the exit code. */
export async function converse(world: World): Promise<number> {
  askForPassphrase(world.stores, world.settings);
  try {
    await attempt(world, () => listServers(world));
    for (;;) {
      const typed = await askOnce(QUESTION);
      if (typed === 'q') return 0;
      await attempt(world, () => answer(world, typed));
    }
  } catch (error) {
    // The end of the input (Ctrl-D, Ctrl-C) is a way to leave.
    if (isAbort(error)) return 0;
    throw error;
  }
}

async function answer(world: World, typed: string): Promise<unknown> {
  if (typed === 'n') return await createInWords(world);
  if (typed === 'r' || typed === '') return await listServers(world);
  if (typed === 'h' || typed === '?') {
    say(world, 'Commands as they are typed here. LABEL is the first word of a server’s line.');
    for (const line of commandLines()) say(world, line);
    return undefined;
  }
  // As it is printed in advice, it can be typed here as well.
  const words = typed.replace(/^portlama-tui(?:\s+--sandbox)?\s+/, '').split(/\s+/);
  const { command } = parseArguments(words);
  if (isWorldCommand(command)) return await perform(world, command);
  return await listServers(world);
}

/** What goes wrong is said, and nothing else is lost by it. */
async function attempt(world: World, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isAbort(error)) throw error;
    for (const line of errorLines(error, world.settings)) process.stdout.write(`${line}\n`);
  }
}
