import { InputError, isAbort, quoted } from '../core/errors.js';
import { cancelledText, Declined } from '../usecases/face.js';
import { absoluteHomeFolder } from '../services/process/surroundings.js';
import { PROGRAM, TOKENS_PAGE } from '../core/product.js';
import { COMMANDS, usageLine } from './commands/index.js';
import { holdsToken } from './leaked-token.js';
import type { GlobalOptions } from './global-options.js';
import { parseArguments } from './parse.js';
import { Conversation } from './conversation.js';
import { askForTask, findTask, taskLines, TASKS } from './plain-tasks.js';
import { createInWords } from './plain-wizard.js';
import { Interrupted } from './prompt.js';
import { errorLines, say } from './say.js';
import { listServers } from './servers/list.js';
import { askForPassphrase } from './stores.js';
import { version } from './version.js';
import type { World } from '../main/world.js';

const QUESTION = 'What next? ? menu, n new server, r refresh, q quit, or a command: ';

const SHORT: ReadonlyMap<string, string> = new Map([
  ['', 'list'],
  ['r', 'list'],
  ['n', 'new'],
  ['create', 'new'],
]);
const COMMANDS_WORDS = ['h', 'help', 'commands'];
const LEAVE = ['q', 'quit', 'exit'];

/** Lists the servers, then does what is typed until the person leaves. Resolves to the exit code. */
export async function converse(terminal: World): Promise<number> {
  const conversation = new Conversation(terminal);
  const world = { ...terminal, console: conversation.console };
  askForPassphrase(world, (question) => conversation.console.secret(question));
  try {
    await attempt(world, () => listServers(world));
    for (;;) {
      const typed = await askWhatNext(world, conversation);
      if (typed === undefined) continue;
      if (LEAVE.includes(typed)) return 0;
      await attempt(world, () => act(world, conversation, typed));
    }
  } catch (error) {
    // The end of the input (Ctrl-D, Ctrl-C twice) is a way to leave.
    if (isAbort(error)) return 0;
    throw error;
  }
}

/** Undefined where there is nothing to do. */
async function askWhatNext(world: World, conversation: Conversation): Promise<string | undefined> {
  const prompt = conversation.open();
  try {
    return await prompt.ask(QUESTION, { help: MENU });
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
    say(
      world,
      error instanceof Interrupted
        ? 'Press Ctrl-C again to leave, or type quit.'
        : 'There is nothing to go back from. quit leaves.',
    );
    return undefined;
  } finally {
    prompt.close();
  }
}

const MENU = [
  'Type a number, a word, or a command. commands lists the commands, quit leaves.',
  ...taskLines(),
  'At each question: ? explains it, back returns to the one before, cancel or Ctrl-C leaves it.',
  'An answer that is one of these words goes in quotes: "back".',
];

async function act(world: World, conversation: Conversation, typed: string): Promise<unknown> {
  if (COMMANDS_WORDS.includes(typed)) return help(world);
  const task = findTask(SHORT.get(typed) ?? typed);
  if (task === undefined)
    return await obey(world, conversation, commandWords(wordsOf(typed)), typed);
  if (task.command === 'provision') return await createInWords(world, conversation);
  if (task.command === 'servers') return await listServers(world);
  return await askForTask(task, world, conversation, (answers) =>
    obey(world, conversation, [...task.command.split(' '), ...answers], typed),
  );
}

function help(world: World): void {
  say(world, 'Commands as they are typed here. LABEL is a server’s label, or its id.');
  for (const command of COMMANDS.filter(({ hidden }) => hidden !== true)) {
    say(world, `  ${usageLine(command)}`);
    say(world, `      ${command.summary}`);
  }
}

/** Runs a command, spelled as in advice or without the program's name. */
async function obey(
  world: World,
  conversation: Conversation,
  words: readonly string[],
  typed: string,
): Promise<unknown> {
  if (holdsToken(typed) || words.some(holdsToken)) throw shownToken();
  const invocation = parseArguments(words);
  requireThisWorld(world, invocation);
  switch (invocation.kind) {
    case 'help':
      for (const line of invocation.text.split('\n')) say(world, line);
      return;
    case 'version':
      return say(world, version());
    case 'screen':
      return await listServers(world);
    case 'command': {
      const {
        call,
        command: { run },
      } = invocation;
      if (invocation.command.hidden !== true)
        return await conversation.retrace(() => run({ ...call, world }));
    }
  }
  throw new InputError({
    code: 'not-here',
    message: `${quoted(typed)} is not a command here.`,
    hint: 'Type ? for the menu.',
  });
}

/** Puts the command for a word of the menu that values follow: `servers destroy lab` for `destroy lab`. */
export function commandWords(words: readonly string[]): readonly string[] {
  if (COMMANDS.some(({ usage }) => usage.split(' ')[0] === words[0])) return words;
  const named = TASKS.filter(({ word }) => word.split(' ').every((part, at) => part === words[at]));
  const [task] = named.sort((one, other) => other.word.length - one.word.length);
  return task === undefined
    ? words
    : [...task.command.split(' '), ...words.slice(task.word.split(' ').length)];
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
    message: `${other} can only be given when the program starts. Nothing was done.`,
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
    if (error instanceof Declined) return say(world, cancelledText(error));
    for (const line of errorLines(error, world.settings)) say(world, line);
  }
}
