import type { SecretQuestion } from '../words/question.js';

/** Port for questions and lines: the terminal, or a test's stand-in. */
export interface Console {
  isInteractive(): boolean;
  say(line: string): void;
  /** Resolves to what is typed, trimmed. */
  ask(question: string): Promise<string>;
  /** Resolves to what is typed unseen. Throws Declined for nothing. */
  secret(question: SecretQuestion): Promise<string>;
}
