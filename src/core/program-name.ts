export const PROGRAM = 'portlama-tui';

/** The program's commands, as they occur in sentences. */
const COMMANDS = new RegExp(
  `\\b${PROGRAM} (?=(?:certificate|doctor|operations|provision|servers|strays|token|vault)\\b)`,
  'g',
);

/** A text whose commands are as they have to be typed to mean the same world. */
export function asTyped(text: string, { sandbox }: { readonly sandbox: boolean }): string {
  return sandbox ? text.replaceAll(COMMANDS, `${PROGRAM} --sandbox `) : text;
}
