import { Declined } from '../usecases/face.js';
import type { Console } from './console.js';
import { type Asking, Interrupted, openPrompt, type Prompt } from './prompt.js';
import { say, spelled } from './say.js';
import { askSecret } from './secret-input.js';
import type { World } from '../main/world.js';

/** `back` at a question: a form asks the one before again, all else is left. */
class Back extends Declined {}

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
  /** Answers of the command that runs, and those of them that it is still to be given again. */
  private answers: { readonly asking: Asking; readonly typed: string }[] = [];
  private replay: string[] = [];
  private isSettled = false;

  constructor(private readonly world: Pick<World, 'settings'>) {}

  /** Answers the questions of commands, a prompt for each: text pasted behind an answer is dropped. */
  readonly console: Console = {
    isInteractive: () => process.stdin.isTTY && process.stdout.isTTY,
    say: (line) => say(this.world, line),
    ask: (question, asking) => this.answer(question, asking),
    secret: (question) => this.once((prompt) => askSecret(question, prompt, this.world.settings)),
    settle: () => (this.isSettled = true),
  };

  /**
   * Runs a command. `back` at its second question or a later one runs it again, and gives it the answers before that one;
   * not once something may have been changed. Secrets are never kept: those are asked for again.
   */
  async retrace<T>(run: () => Promise<T>): Promise<T> {
    for (let given: string[] = []; ;) {
      this.replay = [...given];
      this.answers = [];
      this.isSettled = false;
      try {
        return await run();
      } catch (error) {
        if (!(error instanceof Back) || this.answers.length === 0 || this.isSettled) throw error;
        given = this.answers.slice(0, -1).map(({ typed }) => typed);
      } finally {
        this.replay = [];
      }
    }
  }

  private async answer(question: string, asking: Asking): Promise<string> {
    // A question that is asked again refused its last answer.
    if (this.answers.at(-1)?.asking === asking) this.answers.pop();
    const known = this.replay.shift();
    const typed = known ?? (await this.once((prompt) => prompt.ask(question, asking)));
    this.answers.push({ asking, typed });
    return typed;
  }

  async once<T>(ask: (prompt: Prompt) => Promise<T>): Promise<T> {
    const prompt = this.open();
    try {
      return await ask(prompt);
    } finally {
      prompt.close();
    }
  }

  open(): Prompt {
    const prompt = openPrompt(undefined, { survivesInterrupt: true });
    const heard =
      (ask: Prompt['ask']) =>
      async (question: string, asking: Asking): Promise<string> => {
        for (;;) {
          const typed = await this.hear(() => ask(spelled(question, this.world.settings), asking));
          const leave = WORDS.get(typed.trim());
          if (leave !== undefined) throw leave();
          if (typed.trim() !== '?') return unquoted(typed);
          for (const line of asking.help) say(this.world, line);
        }
      };
    return {
      ask: heard((question, asking) => prompt.ask(question, asking)),
      askSecret: heard((question, asking) => prompt.askSecret(question, asking)),
      askPassphrase: heard((question, asking) => prompt.askPassphrase(question, asking)),
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
