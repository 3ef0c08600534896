/**
 * Changes to JSON text that leave everything else as it was written: numbers too large for JavaScript, repeated
 * keys and the order of fields survive. All functions take text that JSON.parse has accepted already.
 */

/** The source text of each element of an array. */
export function elementsOf(arrayText: string): string[] {
  return partsOf(arrayText);
}

/** An array of these elements, one below the other. */
export function arrayOf(elements: readonly string[]): string {
  return elements.length === 0 ? '[]\n' : `[\n  ${elements.join(',\n  ')}\n]\n`;
}

/** The object with some fields set; undefined removes one. */
export function withMembers(
  objectText: string,
  changes: Readonly<Record<string, unknown>>,
): string {
  const members = partsOf(objectText).map(memberOf);
  for (const [key, value] of Object.entries(changes)) {
    const first = members.findIndex((member) => member.key === key);
    const at = first === -1 ? members.length : first;
    const text = JSON.stringify(value) as string | undefined;
    // A repeated key would win over the one that is set here, so all of them go.
    for (let index = members.length - 1; index >= 0; index--) {
      if (members[index]?.key === key) members.splice(index, 1);
    }
    if (text !== undefined) members.splice(at, 0, { key, text: `${JSON.stringify(key)}: ${text}` });
  }
  if (members.length === 0) return '{}';
  return `{\n    ${members.map((member) => member.text).join(',\n    ')}\n  }`;
}

interface Member {
  readonly key: string;
  /** Key, colon and value as written. */
  readonly text: string;
}

function memberOf(text: string): Member {
  return { key: JSON.parse(text.slice(0, endOfString(text, 0))) as string, text };
}

/** Splits at the commas of the outermost brackets. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  const start = text.search(/[[{]/) + 1;
  let depth = 0;
  let from = start;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '[' || character === '{') depth++;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    } else if ((character === ']' || character === '}') && depth-- === 0) {
      const last = text.slice(from, at).trim();
      if (last !== '') parts.push(last);
      break;
    }
  }
  return parts;
}

/** The position just after the string literal that begins at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
