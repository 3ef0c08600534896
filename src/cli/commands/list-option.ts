/** `a, b` of an option; empty without it. */
export function listOption(text = ''): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
