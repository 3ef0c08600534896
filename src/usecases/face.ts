import type { Disposable } from '../core/lifecycle.js';
import type { Line } from '../words/line.js';
import type { Choice, Confirmation, SecretQuestion, TextQuestion } from '../words/question.js';

/** Everything a use case may want from the person. Screens answer with dialogs, commands with prompts and options. */
export interface Face {
  /** Resolves to the text, trimmed. Throws Declined when the person leaves the question. */
  ask(question: TextQuestion): Promise<string>;
  /** Resolves when agreed; throws Declined otherwise, InputError where nobody can be asked. */
  confirm(question: Confirmation): Promise<void>;
  /** Resolves to one of the values. Throws Declined when none is taken. */
  choose<T>(question: Choice<T>): Promise<T>;
  /** Like `ask`, without showing what is typed; keeps spaces at the ends. */
  secret(question: SecretQuestion): Promise<string>;
  /** Replaces what is being waited for; undefined: nothing any more. */
  progress(text: string | undefined): void;
  /**
   * Marks work that must not be cut short, until disposed: a screen asks before it quits; a command that is
   * interrupted prints `onLeaving`, the state things may be in.
   */
  hold(onLeaving: string): Disposable;
  /** Adds a line that stays: a toast on a screen, a line of output elsewhere. */
  say(line: Line, tone?: Tone): void;
}

export type Tone = 'plain' | 'ok' | 'warn';

/** The person declined, or left: nothing was changed. Not a failure. */
export class Declined extends Error {
  override readonly name = 'Declined';

  constructor() {
    super('Declined.');
  }
}
