/** The program's commands, as they occur in sentences. */
const COMMANDS =
  /\bportlama-tui (?=(?:certificate|doctor|operations|provision|servers|strays|token|vault)\b)/g;

/** A text whose commands are as they have to be typed to mean the same world. */
export function asTyped(text: string, { sandbox }: { readonly sandbox: boolean }): string {
  return sandbox ? text.replaceAll(COMMANDS, 'portlama-tui --sandbox ') : text;
}
