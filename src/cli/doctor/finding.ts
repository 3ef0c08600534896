import { messageOf, PortlamaError } from '../../core/errors.js';

/** One fact. `note` is worth knowing, `problem` needs attention. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'problem';
  /** `Home folder` */
  readonly name: string;
  readonly text: string;
  /** What to do; several lines where there are several ways. */
  readonly hint?: string | undefined;
}

const LEVEL_COLUMNS = 9;
const NAME_COLUMNS = 15;

/** A finding as lines, in words that are not cleaned yet. */
export function findingLines({ level, name, text, hint }: Finding): readonly string[] {
  const head = `${level.padEnd(LEVEL_COLUMNS)}${name.padEnd(NAME_COLUMNS)}${text}`;
  const indent = ' '.repeat(LEVEL_COLUMNS + NAME_COLUMNS);
  const hints = hint === undefined ? [] : hint.split('\n');
  return [head, ...hints.map((line) => `${indent}→ ${line}`)];
}

/** A failure as a finding that needs attention. */
export function problem(name: string, error: unknown): Finding {
  const hint = error instanceof PortlamaError ? error.hint : undefined;
  return { level: 'problem', name, text: messageOf(error), hint };
}
