/**
 * A key press in its one normal form. Printable keys are the character itself (`a`, `G`, `?`, `é`);
 * all others have names: `space enter escape tab backspace delete insert home end pageup pagedown
 * up down left right f1…f12`, with `ctrl-`, `alt-`, `shift-` in front, in that order
 * (`ctrl-c`, `alt-b`, `ctrl-left`, `shift-tab`).
 */
export type Key = string;

/** The character a key types (`space` types one too), or undefined for all other keys. */
export function printable(key: Key): string | undefined {
  if (key === 'space') return ' ';
  const [first, second] = key;
  return first !== undefined && second === undefined ? first : undefined;
}

const LABELS: Readonly<Record<string, string>> = {
  enter: '⏎',
  escape: 'Esc',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  space: 'Space',
  tab: 'Tab',
  backspace: 'Backspace',
  delete: 'Del',
  insert: 'Ins',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
};
const ASCII_LABELS: Readonly<Record<string, string>> = {
  enter: 'Enter',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
};

/** Formats a key for display: `⏎`, `Esc`, `^C`, `↑`; in ASCII `Enter`, `Up`. */
export function keyLabel(key: Key, ascii: boolean): string {
  const control = /^ctrl-([a-z])$/.exec(key);
  if (control?.[1] !== undefined) return `^${control[1].toUpperCase()}`;
  const [, modifiers = '', name = key] = /^((?:ctrl-|alt-|shift-)*)(.+)$/.exec(key) ?? [];
  const label = (ascii ? ASCII_LABELS[name] : undefined) ?? LABELS[name] ?? nameOf(name);
  return modifiers.replace(/[a-z]+/g, capital) + label;
}

function nameOf(name: string): string {
  return /^f\d+$/.test(name) ? name.toUpperCase() : name;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** `x` and `y` in cells from the top left corner. */
export interface Mouse {
  readonly kind: 'press' | 'release' | 'wheel-up' | 'wheel-down';
  readonly x: number;
  readonly y: number;
}

export type InputEvent =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'mouse'; readonly mouse: Mouse }
  | { readonly type: 'focus'; readonly focused: boolean }
  /** The terminal's answer to `backgroundQuery`, as it spells colours. */
  | { readonly type: 'background'; readonly colour: string };
