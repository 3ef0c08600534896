/** A fact in one line, and what can be done about it. Holds what others wrote. */
export interface Advice {
  readonly text: string;
  readonly todo: readonly string[];
}

/** The fact, and below it what can be done, in words that are not cleaned yet. */
export function adviceLines({ text, todo }: Advice): readonly string[] {
  return [text, ...todo.map((line) => `  → ${line}`)];
}
