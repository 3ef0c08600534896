import { Declined } from '../usecases/face.js';
import type { Console } from './console.js';
import { Interrupted, openPrompt, type Prompt } from './prompt.js';
import { say, spelled } from './say.js';
import { askSecret } from './secret-input.js';
import type { World } from '../main/world.js';

/** `back` at a question: a form asks the one before again, all else is left. */
class Back extends Declined {}

const HELP = [
  'Type an answer, then Enter.',
  'back: the question before. cancel, or Ctrl-C: leave it, nothing is changed.',
  'An answer that is one of these words goes in quotes: "back".',
];

const WORDS: ReadonlyMap<string, () => Error> = new Map([
  ['back', () => new Back()],
  ['cancel', () => new Declined()],
]);

/**
 * The questions of plain mode: each takes `?`, `back` and `cancel`, and Ctrl-C ends the question. Ctrl-C twice in a row
 * rejects with an AbortError, as the end of the input does.
 */
export class Conversation {
  private wasInterrupted = false;

  constructor(private readonly world: Pick<World, 'settings'>) {}

  /** Answers the questions of commands, a prompt for each: text pasted behind an answer is dropped. */
  readonly console: Console = {
    isInteractive: () => process.stdin.isTTY && process.stdout.isTTY,
    say: (line) => say(this.world, line),
    ask: (question, isPath) => this.once((prompt) => prompt.ask(question, isPath)),
    secret: (question) => this.once((prompt) => askSecret(question, prompt, this.world.settings)),
  };

  async once<T>(ask: (prompt: Prompt) => Promise<T>): Promise<T> {
    const prompt = this.open();
    try {
      return await ask(prompt);
    } finally {
      prompt.close();
    }
  }

  open(help: readonly string[] = HELP): Prompt {
    const prompt = openPrompt(undefined, { survivesInterrupt: true });
    const heard =
      (ask: Prompt['ask']) =>
      async (question: string, isPath?: boolean): Promise<string> => {
        for (;;) {
          const typed = await this.hear(() => ask(spelled(question, this.world.settings), isPath));
          const leave = WORDS.get(typed.trim());
          if (leave !== undefined) throw leave();
          if (typed.trim() !== '?') return unquoted(typed);
          for (const line of help) say(this.world, line);
        }
      };
    return {
      ask: heard((question, isPath) => prompt.ask(question, isPath)),
      askSecret: heard((question) => prompt.askSecret(question)),
      askPassphrase: heard((question) => prompt.askPassphrase(question)),
      close: () => prompt.close(),
    };
  }

  private async hear(ask: () => Promise<string>): Promise<string> {
    try {
      const typed = await ask();
      this.wasInterrupted = false;
      return typed;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      if (this.wasInterrupted) throw new DOMException('Ctrl-C twice.', 'AbortError');
      this.wasInterrupted = true;
      throw error;
    }
  }
}

function unquoted(typed: string): string {
  const [, word = ''] = /^"(.*)"$/.exec(typed) ?? [];
  return word === '?' || WORDS.has(word) ? word : typed;
}

/** Takes the steps in their order; `back` repeats the one before, and leaves the first. */
export async function inSteps(steps: readonly (() => Promise<void>)[]): Promise<void> {
  for (let at = 0; at < steps.length;) {
    try {
      await steps[at]!();
      at += 1;
    } catch (error) {
      if (!(error instanceof Back) || at === 0) throw error;
      at -= 1;
    }
  }
}
