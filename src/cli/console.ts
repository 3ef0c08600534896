import type { SecretQuestion } from '../words/question.js';
import type { Asking } from './prompt.js';

/** Port for questions and lines: the terminal, or a test's stand-in. */
export interface Console {
  isInteractive(): boolean;
  say(line: string): void;
  /** Resolves to what is typed, trimmed. */
  ask(question: string, asking: Asking): Promise<string>;
  /** Resolves to what is typed unseen. Throws Declined for nothing. */
  secret(question: SecretQuestion): Promise<string>;
  /** Tells that the person has agreed to a change, or work began: no answer before can be taken back. */
  readonly settle?: () => void;
}
