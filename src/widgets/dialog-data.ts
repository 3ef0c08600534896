import type { Button } from './button-row.js';
import type { Text } from './markup.js';

/** What a dialog says, and what can be answered. */
export interface DialogData {
  readonly title: Text;
  readonly style?: 'accent' | 'ok' | 'warn' | 'danger';
  readonly lines: readonly Text[];
  /** The first one has the focus: put the harmless one first. */
  readonly buttons: readonly Button[];
  /** Text that must be typed before the last button can be pressed; typing all of it moves the focus there. */
  readonly typed?: { readonly prompt: Text; readonly expected: string };
}

/** "No" first and focused, then "Yes" under its own name. Ids: 'no', 'yes'. */
export function confirmation(data: {
  readonly title: Text;
  readonly lines: readonly Text[];
  readonly yes: string;
  readonly no?: string;
  readonly typed?: DialogData['typed'];
}): DialogData {
  const { title, lines, yes, no = 'No', typed } = data;
  return {
    title,
    style: 'danger',
    lines,
    buttons: [
      { id: 'no', label: no },
      { id: 'yes', label: yes, danger: true },
    ],
    ...(typed === undefined ? {} : { typed }),
  };
}
