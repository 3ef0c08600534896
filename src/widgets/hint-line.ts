import { fit, join, type Markup, style, width } from './markup.js';
import { type Key, keyLabel } from './terminal/keys.js';

export interface Hint {
  readonly keys: readonly Key[];
  readonly label: string;
  /** Shown muted. */
  readonly disabled?: boolean;
  /** Stands after all others, however useful. */
  readonly last?: boolean;
}

/** Most useful first; those that do not fit are left out. Never wraps, never cuts a hint in two. */
export function hintLine(hints: readonly Hint[], columns: number, ascii: boolean): Markup {
  const parts: Markup[] = [];
  const lastParts: Markup[] = [];
  let used = 1;
  for (const { keys, label, disabled, last } of hints) {
    const names = keys.map((key) => keyLabel(key, ascii)).join(' ');
    const part =
      disabled === true
        ? style('muted', join([names, ' ', label]))
        : join([style('accent', style('strong', names)), ' ', label]);
    const room = width(part) + (used === 1 ? 0 : 2);
    if (used + room > columns) continue;
    used += room;
    (last === true ? lastParts : parts).push(part);
  }
  return fit(join([' ', join([...parts, ...lastParts], '  ')]), columns);
}
