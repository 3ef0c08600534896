/** One line for a person, from anywhere and untrusted: plain, emphasised, a link, or a fingerprint (`AB:CD:…`). */
export type Line =
  | string
  | { readonly strong: string }
  | { readonly url: string }
  | { readonly fingerprint: string };

/** The text alone, for plain lines and logs. */
export function lineText(line: Line): string {
  if (typeof line === 'string') return line;
  if ('fingerprint' in line) return `  ${line.fingerprint}`;
  return 'url' in line ? line.url : line.strong;
}
