import { fit, join, type Markup, style, width } from './markup.js';
import { type Key, keyLabel } from './terminal/keys.js';

export interface Hint {
  readonly key: Key;
  readonly label: string;
  /** Shown muted. */
  readonly disabled?: boolean;
}

/** Most useful first; those that do not fit are left out. Never wraps, never cuts a hint in two. */
export function hintLine(hints: readonly Hint[], columns: number, ascii: boolean): Markup {
  const parts: Markup[] = [];
  let used = 1;
  for (const { key, label, disabled } of hints) {
    const keys = style('strong', keyLabel(key, ascii));
    const part =
      disabled === true
        ? style('muted', join([keyLabel(key, ascii), ' ', label]))
        : join([style('accent', keys), ' ', label]);
    const room = width(part) + (parts.length === 0 ? 0 : 2);
    if (used + room > columns) continue;
    used += room;
    parts.push(part);
  }
  return fit(join([' ', join(parts, '  ')]), columns);
}
