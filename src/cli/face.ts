import { InputError, quoted } from '../core/errors.js';
import { toDisposable } from '../core/lifecycle.js';
import { Declined, type Face } from '../usecases/face.js';
import { programLine } from '../words/hints.js';
import { type Advance, type Confirmation, type Line, lineText } from '../words/question.js';
import { choiceHelp, confirmHelp, textHelp } from '../words/question-help.js';
import { askToAgree } from './agreement.js';
import type { Console } from './console.js';
import { cancelAtEnd, isProcessOne, sayAtEnd } from './endings.js';
import { askOnce } from './prompt.js';
import { say, waitSayer } from './say.js';
import { askSecret } from './secret-input.js';
import type { World } from '../main/world.js';

export interface CommandLine {
  /** Words after the program's name, to be repeated with `--yes`: `servers destroy lab`. */
  readonly words: string;
  /** The value of `--yes`, if it was given. */
  readonly yes?: string | undefined;
  /** Standard output is for a program: lines for the person go to standard error, and nothing is asked. */
  readonly json?: boolean;
}

/**
 * Face of a use case on the command line: answers with `--yes` or at the prompt, and refuses if neither is possible.
 */
export function commandFace(
  world: Pick<World, 'settings'>,
  command: CommandLine,
  console: Console = terminalConsole(world, command),
): Face {
  const stream = streamOf(command);
  const showWait = waitSayer(world, stream);
  const sayAll = (lines: readonly Line[]): void => {
    for (const line of lines) console.say(lineText(line, world.settings));
  };
  const requireInteractive = (field: string): void => {
    if (!console.isInteractive()) throw cannotAsk(field);
  };
  let hasBegun = false;
  /** From here on something may have been changed. */
  const settle = (): void => {
    hasBegun = true;
    console.settle?.();
  };
  const asked = async <T>(answer: Promise<T>): Promise<T> =>
    await answer.catch((error: unknown) => {
      if (error instanceof Declined) error.isLate ||= hasBegun;
      throw error;
    });
  const face: Face = {
    async confirm(question) {
      const { advance } = question;
      if (advance === undefined || isGiven(advance, command)) return;
      if (command.yes !== undefined || !console.isInteractive())
        throw notConfirmed(question, advance, command, world.settings);
      sayAll(question.lines);
      const answer = question.typed ?? 'yes';
      await askToAgree(
        `Type ${answer} to ${question.effect} (Enter cancels): `,
        answer,
        confirmHelp(question, answer),
        console,
      );
      settle();
    },
    async ask(question) {
      const { lines = [], field, initial, isPath, problem } = question;
      const asking = { isPath, help: textHelp(question) };
      requireInteractive(field);
      sayAll(lines);
      const hint = initial === undefined ? '' : ` [${initial}]`;
      for (;;) {
        const text = (await console.ask(`${field}${hint}: `, asking)) || (initial ?? '');
        if (text === '') throw new Declined();
        const refused = problem?.(text);
        if (refused === undefined) return text;
        console.say(refused);
      }
    },
    async choose(question) {
      const { title, lines = [], options } = question;
      const asking = { help: choiceHelp(question) };
      requireInteractive(title);
      sayAll([title, ...lines, ...options.map(({ label }, index) => `  ${index + 1}  ${label}`)]);
      for (;;) {
        const text = await console.ask('Number (Enter cancels): ', asking);
        if (text === '') throw new Declined();
        const chosen =
          options[Number(text) - 1] ??
          options.find(({ label, name = label }) =>
            [label, name].some((word) => word.toLowerCase() === text.toLowerCase()),
          );
        if (chosen !== undefined) return chosen.value;
        console.say(`${quoted(text)} is not one of them.`);
      }
    },
    secret: (question) => console.secret(question),
    progress(text) {
      if (text !== undefined) showWait(text);
    },
    hold(onLeaving) {
      settle();
      return sayAtEnd(world, onLeaving, stream);
    },
    follow(onLeaving, cancel) {
      settle();
      return isProcessOne() ? cancelAtEnd(cancel, stream) : sayAtEnd(world, onLeaving, stream);
    },
    instruct({ lines, url, copy, after }) {
      settle();
      sayAll([...lines, ...(url === undefined ? [] : [{ url }]), { strong: copy }, ...after]);
      return toDisposable(() => undefined);
    },
    say: (line) => sayAll([line]),
  };
  return {
    ...face,
    confirm: (question) => asked(face.confirm(question)),
    ask: (question) => asked(face.ask(question)),
    choose: (question) => asked(face.choose(question)),
    secret: (question) => asked(face.secret(question)),
  };
}

function streamOf({ json }: CommandLine): NodeJS.WriteStream {
  return json === true ? process.stderr : process.stdout;
}

function terminalConsole(world: Pick<World, 'settings'>, command: CommandLine): Console {
  return {
    isInteractive: () => command.json !== true && process.stdin.isTTY && process.stdout.isTTY,
    say: (line) => say(world, line, streamOf(command)),
    ask: askOnce,
    secret: askSecret,
  };
}

function isGiven(advance: Advance, { yes }: CommandLine): boolean {
  return yes !== undefined && (yes === advance.value || (advance.accepts?.(yes) ?? false));
}

function notConfirmed(
  { lines, effect }: Confirmation,
  { value, refusal }: Advance,
  { words }: CommandLine,
  world: { readonly sandbox: boolean },
): InputError {
  return new InputError({
    code: 'confirmation-required',
    message: refusal,
    hint: [
      ...lines.map((line) => lineText(line, world)),
      `To ${effect}: ${programLine(`${words} --yes ${value}`, world)}`,
    ],
  });
}

function cannotAsk(field: string): InputError {
  return new InputError({
    code: 'cannot-ask',
    message: `${field} cannot be asked for without a terminal.`,
    hint: 'Run the command in a terminal, or give the value on the command line; --help shows how.',
  });
}
