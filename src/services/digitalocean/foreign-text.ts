import { cleanLine } from '../../core/clean.js';

const ELLIPSIS = '…';

/** Text from outside as one clean line of at most `maxLength` characters, without double spaces. */
export function cleanForeignText(text: string, maxLength = 300): string {
  const line = cleanLine(text.slice(0, maxLength * 8))
    .replaceAll(/\s+/g, ' ')
    .trim();
  const characters = Array.from(line);
  if (characters.length <= maxLength) return line;
  return characters.slice(0, maxLength - 1).join('') + ELLIPSIS;
}
