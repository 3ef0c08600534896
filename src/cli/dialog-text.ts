import type { DialogLine } from '../app/dialogs.js';

/** What a dialog of the full screen says, in plain lines. */
export function dialogText(lines: readonly DialogLine[]): readonly string[] {
  return lines.map((line) => {
    if (typeof line === 'string') return line;
    return 'url' in line ? line.url : line.strong;
  });
}
