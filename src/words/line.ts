import type { CommandHint } from '../core/hint.js';
import { hintText } from './hints.js';

/**
 * One line for a person, from anywhere and untrusted: plain, emphasised, a link, a fingerprint (`AB:CD:…`), or a command
 * to continue with.
 */
export type Line =
  | string
  | { readonly strong: string }
  | { readonly url: string }
  | { readonly fingerprint: string }
  | CommandHint;

/** The text alone, for plain lines and logs; commands as they are typed. */
export function lineText(line: Line, world: { readonly sandbox: boolean }): string {
  if (typeof line === 'string') return line;
  if ('command' in line) return `  ${hintText(line, world)}`;
  if ('fingerprint' in line) return `  ${line.fingerprint}`;
  return 'url' in line ? line.url : line.strong;
}
