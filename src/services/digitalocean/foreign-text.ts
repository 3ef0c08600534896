const ELLIPSIS = '…';
const ESC = '\u{1b}';
const BEL = '\u{7}';
/** Terminal commands as a whole: without this, stripping ESC alone would leave `[31m` behind. */
const TERMINAL_COMMANDS = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?)`,
  'g',
);

/** Text from outside as one printable line: no control, format or terminal sequence, at most `maxLength` characters. */
export function cleanForeignText(text: string, maxLength = 300): string {
  const line = text
    .slice(0, maxLength * 8)
    .replaceAll(TERMINAL_COMMANDS, '')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  if (characters.length <= maxLength) return line;
  return characters.slice(0, maxLength - 1).join('') + ELLIPSIS;
}
