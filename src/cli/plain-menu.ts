import { InputError, isAbort } from '../core/errors.js';
import { absoluteHomeFolder } from '../services/process/surroundings.js';
import { PROGRAM, TOKENS_PAGE } from '../core/product.js';
import { COMMANDS, usageLine } from './commands/index.js';
import { holdsToken } from './leaked-token.js';
import type { GlobalOptions } from './global-options.js';
import { parseArguments } from './parse.js';
import { createInWords } from './plain-wizard.js';
import { askOnce } from './prompt.js';
import { errorLines, say } from './say.js';
import { listServers } from './servers/list.js';
import { askForPassphrase } from './stores.js';
import { version } from './version.js';
import type { World } from '../main/world.js';

const QUESTION = 'What next? n new server, r refresh, h help, q quit, or a command: ';

const CHOICES: ReadonlyMap<string, (world: World) => unknown> = new Map([
  ['n', createInWords],
  ['r', listServers],
  ['', listServers],
  ['h', help],
  ['?', help],
  ['help', help],
]);
const LEAVE = ['q', 'quit', 'exit'];

/** Lists the servers, then obeys typed lines until the person leaves. Resolves to the exit code. */
export async function converse(world: World): Promise<number> {
  askForPassphrase(world);
  try {
    await attempt(world, () => listServers(world));
    for (;;) {
      // Drop text pasted after the first line: it must not answer a question not yet read.
      const typed = await askOnce(QUESTION);
      if (LEAVE.includes(typed)) return 0;
      await attempt(world, () => (CHOICES.get(typed) ?? obey)(world, typed));
    }
  } catch (error) {
    // The end of the input (Ctrl-D, Ctrl-C) is a way to leave.
    if (isAbort(error)) return 0;
    throw error;
  }
}

function help(world: World): void {
  say(world, 'Commands as they are typed here. LABEL is a server’s label, or its id.');
  for (const command of COMMANDS.filter(({ hidden }) => hidden !== true)) {
    say(world, `  ${usageLine(command)}`);
    say(world, `      ${command.summary}`);
  }
}

/** Runs a typed command, spelled as in advice or without the program's name. */
async function obey(world: World, typed: string): Promise<unknown> {
  if (holdsToken(typed)) throw shownToken();
  const invocation = parseArguments(wordsOf(typed));
  requireThisWorld(world, invocation);
  switch (invocation.kind) {
    case 'help':
      for (const line of invocation.text.split('\n')) say(world, line);
      return;
    case 'version':
      return say(world, await version());
    case 'screen':
      return await listServers(world);
    case 'command':
      if (invocation.command.hidden !== true)
        return await invocation.command.run({ ...invocation.call, world });
  }
  throw new InputError({
    code: 'not-here',
    message: `${JSON.stringify(typed)} is not for this prompt.`,
    hint: 'Type h for help.',
  });
}

/** Splits a line like a shell, limited to the needs of names and paths: quotes, and `~/`. */
export function wordsOf(line: string): readonly string[] {
  const words = Array.from(
    line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
    ([, double, single, bare]) =>
      double ?? single ?? bare!.replace(/^~(?=\/)/, absoluteHomeFolder() ?? '~'),
  );
  return words[0] === PROGRAM ? words.slice(1) : words;
}

/** Refuses options that name another world: a command meant for that must not run in this one. */
function requireThisWorld({ settings }: World, { sandbox, logFile }: GlobalOptions): void {
  const other =
    sandbox && !settings.sandbox ? '--sandbox' : logFile === undefined ? undefined : '--log';
  if (other === undefined) return;
  throw new InputError({
    code: 'other-world',
    message: `${other} is only for the start of the program: nothing was done.`,
    hint: `Leave with q, then: ${PROGRAM} ${other}`,
  });
}

function shownToken(): InputError {
  return new InputError({
    code: 'token-shown',
    message: 'Never type a token here: n and token set ask for it without showing it.',
    hint: `It is on the screen now. If others can see the screen, delete it at ${TOKENS_PAGE}`,
  });
}

/** Prints the error of `work` and continues; only an abort is thrown. */
async function attempt(world: World, work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isAbort(error)) throw error;
    for (const line of errorLines(error, world.settings)) say(world, line);
  }
}
