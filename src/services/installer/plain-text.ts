const ESC = '\u001b';
const BEL = '\u0007';

/** Escape sequences as ECMA-48 builds them: strings (OSC, DCS, …) with their content, control sequences, the rest. */
const SEQUENCES = new RegExp(
  [
    `(?:${ESC}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^${BEL}${ESC}\u009c]*(?:${BEL}|${ESC}\\\\|\u009c)?`,
    `(?:${ESC}\\[|\u009b)[0-?]*[ -/]*[@-~]?`,
    `${ESC}[ -/]*[0-~]?`,
  ].join('|'),
  'g',
);
/** Controls, and the invisible characters that turn the direction of text or end a line. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** One line of output without anything a terminal would act on. What a carriage return overwrote is left out. */
export function plainText(line: string): string {
  const text = line.replace(SEQUENCES, '');
  const written = text.split('\r').filter((part) => part.trim() !== '');
  return (written.at(-1) ?? '').replaceAll('\t', ' ').replace(CONTROLS, '').trimEnd();
}
