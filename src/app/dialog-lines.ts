import type { Hint } from '../core/hint.js';
import { fingerprintLines } from '../words/certificates.js';
import { screenHintParts } from '../words/hints.js';
import type { Line, LinkLine, ShellLine } from '../words/question.js';

/** Text from anywhere, untrusted; `url` is shown as a link as well. */
export type DialogLine = string | ShellLine | LinkLine | { readonly strong: string };

interface World {
  readonly sandbox: boolean;
}

/** A fingerprint takes two lines of a dialog. */
export function dialogLines(line: Line, world: World): readonly DialogLine[] {
  if (typeof line === 'string') return [line];
  if ('command' in line)
    return hintDialogLines(line, world).map((part) =>
      typeof part === 'string' ? { strong: `  ${part}` } : part,
    );
  return 'fingerprint' in line ? fingerprintLines(line.fingerprint) : [line];
}

/** A hint in a dialog: each line for a shell can be copied. */
export function hintDialogLines(hint: Hint | undefined, world: World): readonly DialogLine[] {
  return screenHintParts(hint, world).flatMap((part) =>
    typeof part === 'string' ? [part] : [`${part.lead}:`, { shellLine: part.shellLine }],
  );
}
