import { plainText } from './plain-text.js';

/** A fact in one line, and what can be done about it. Holds what others wrote. */
export interface Advice {
  readonly text: string;
  readonly todo: readonly string[];
}

/** As lines, of which nothing reaches the terminal but text: the fact, and below it what can be done. */
export function adviceLines({ text, todo }: Advice): readonly string[] {
  return [plainText(text), ...todo.map((line) => `  → ${plainText(line)}`)];
}
