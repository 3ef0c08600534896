import type { SecretQuestion } from '../words/question.js';

/** Port for questions and lines: the terminal, or a test's stand-in. */
export interface Console {
  isInteractive(): boolean;
  say(line: string): void;
  /** Resolves to what is typed, trimmed. `isPath`: Tab completes a path of this machine. */
  ask(question: string, isPath?: boolean): Promise<string>;
  /** Resolves to what is typed unseen. Throws Declined for nothing. */
  secret(question: SecretQuestion): Promise<string>;
}
