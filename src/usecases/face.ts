import type { Hint } from '../core/hint.js';
import type { Disposable } from '../core/lifecycle.js';
import type {
  Choice,
  Confirmation,
  Instruction,
  Line,
  SecretQuestion,
  TextQuestion,
} from '../words/question.js';

/** Port of a use case to the person, wherever it runs: screens answer with dialogs, commands with lines. */
export interface Confirming {
  /** Resolves when agreed; throws Declined otherwise, InputError where asking is impossible. */
  confirm(question: Confirmation): Promise<void>;
  /** Replaces the reason of the current wait; undefined ends it. */
  progress(text: string | undefined): void;
  /**
   * Marks work that must not be cut short, until disposed: a screen asks before it quits; a command that is
   * interrupted prints `onLeaving`, the state things may be in.
   */
  hold(onLeaving: Hint): Disposable;
  /**
   * Marks work that outlives this program, until disposed: one that is interrupted prints `onLeaving`. One whose end
   * would end the work as well calls `cancel` instead, and stays until it is disposed.
   */
  follow(onLeaving: Hint, cancel: () => Promise<void>): Disposable;
  /** Shows work for the person to do elsewhere, until disposed: it was done. */
  instruct(instruction: Instruction): Disposable;
  /** Adds a line that stays: a toast on a screen, a line of output elsewhere. */
  say(line: Line, tone?: Tone): void;
}

/** Takes input that turns up on the way as well. Screens collect what they can in forms beforehand. */
export interface Face extends Confirming {
  /** Resolves to the text, trimmed. Throws Declined when the person leaves the question. */
  ask(question: TextQuestion): Promise<string>;
  /** Resolves to one of the values. Throws Declined when none is taken. */
  choose<T>(question: Choice<T>): Promise<T>;
  /** Like `ask`, without showing what is typed; keeps spaces at the ends. */
  secret(question: SecretQuestion): Promise<string>;
}

/** `advice`: commands to continue with. A screen, whose footer names its keys, leaves it out. */
export type Tone = 'plain' | 'ok' | 'warn' | 'advice';

/** The person declined, or left. Not a failure. */
export class Declined extends Error {
  override readonly name = 'Declined';
  /** True where an earlier step may have changed something; what it changed was said. */
  isLate = false;

  constructor() {
    super('Declined.');
  }
}

/** Message for a person who cancelled. */
export function cancelledText({ isLate }: Declined): string {
  return isLate
    ? 'Cancelled. Nothing was changed except what is reported above.'
    : 'Cancelled. Nothing was changed.';
}
