/** One line for a person, from anywhere and untrusted: plain, emphasised, a link, or a command to copy as one line. */
export type Line =
  string | { readonly strong: string } | { readonly url: string } | { readonly command: string };

/** The text alone, for plain lines and logs. */
export function lineText(line: Line): string {
  if (typeof line === 'string') return line;
  if ('strong' in line) return line.strong;
  return 'url' in line ? line.url : line.command;
}
