/**
 * Words as a shell would take them apart, without its variables, patterns and operators. Undefined for a quote without
 * its other half.
 */
export function commandWords(text: string): string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)/gsy;
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    words.push(unquoted(match[1] ?? ''));
    end = match.index + match[0].length;
  }
  return text.slice(end).trim() === '' ? words : undefined;
}

function unquoted(word: string): string {
  return word.replaceAll(
    /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs,
    (_, escaped?: string, double?: string, single?: string) =>
      escaped ?? single ?? (double ?? '').replaceAll(/\\(["\\])/g, '$1'),
  );
}
