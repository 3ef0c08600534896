import { type Key, printable } from './terminal/keys.js';
import { clean, units } from './characters.js';
import { fit, join, type Markup, slice, style, target, text, type Text, width } from './markup.js';

export interface LineEditorOptions {
  readonly maxLength?: number | undefined;
  /** Kept exactly as typed, edited at its end only. */
  readonly secret?: boolean | undefined;
}

/** Effect of a key on the line. */
export type EditResult = 'changed' | 'moved' | 'ignored';

/** Made when it is needed: V8 reads classes of properties slowly. */
const isWord = (char: string): boolean => /[\p{L}\p{N}\p{M}_]/u.test(char);

/** Number of editors made so far: the targets of each have a name of their own. */
let made = 0;

/** Editable line with a cursor. Draws only through `render`; a click on what that drew goes to `press`. */
export class LineEditor {
  private readonly name = `cursor-${(made += 1)}:`;
  private chars: string[] = [];
  /** All of `chars`; undefined where it has to be joined again. */
  private joined: string | undefined = '';
  private cursor = 0;
  private scroll = 0;

  constructor(private readonly options: LineEditorOptions = {}) {}

  get value(): string {
    return (this.joined ??= this.chars.join(''));
  }

  set value(value: string) {
    this.setChars(this.split(value));
    this.cursor = this.chars.length;
    this.scroll = 0;
  }

  get isEmpty(): boolean {
    return this.chars.length === 0;
  }

  /** Types pasted text, without its line breaks; true if anything was taken. */
  paste(pasted: string): boolean {
    // Trim a pasted secret: surrounding blanks come from the copying.
    return this.insert(this.options.secret === true ? pasted.trim() : pasted);
  }

  private insert(typed: string): boolean {
    const accepted = this.accept(typed);
    const appended = this.append(accepted);
    if (appended !== undefined) return appended > 0;
    const before = this.value;
    const head = this.chars.slice(0, this.cursor).join('') + accepted;
    this.setChars(this.split(head + this.chars.slice(this.cursor).join('')));
    this.cursor = Math.min(this.split(head).length, this.chars.length);
    return this.value !== before;
  }

  /**
   * Adds to the end without a look at the rest: a paste that the terminal does not mark comes as keys, a hundred thousand
   * of them. Gives how many; undefined where it would become one with the last character, and in the middle.
   */
  private append(accepted: string): number | undefined {
    const { length } = this.chars;
    if (this.cursor !== length) return undefined;
    const last = this.chars[length - 1] ?? '';
    const [first, ...added] = this.split(last + accepted);
    if (first !== last) return undefined;
    added.length = Math.min(added.length, (this.options.maxLength ?? Infinity) - length);
    const { value } = this;
    for (const char of added) this.chars.push(char);
    this.joined = value + added.join('');
    this.cursor = this.chars.length;
    return added.length;
  }

  private setChars(chars: readonly string[]): void {
    this.chars = chars.slice(0, this.options.maxLength);
    this.joined = undefined;
  }

  handleKey(key: Key): EditResult {
    const char = printable(key);
    if (char !== undefined) return this.insert(char) ? 'changed' : 'moved';
    const action = ACTIONS[key];
    if (action === undefined) return 'ignored';
    const before = this.chars.length;
    const [cursor, from, to] = action(this.chars, this.cursor, this.options.secret === true);
    this.chars.splice(from, to - from);
    if (to > from) this.joined = undefined;
    this.cursor = this.options.secret === true ? this.chars.length : cursor;
    return this.chars.length === before ? 'moved' : 'changed';
  }

  /** The part of the line around the cursor, `columns` wide at most; the cursor reversed. */
  render(columns: number, showCursor: boolean): Markup {
    const cells = this.chars.map((chars, index) => target(`${this.name}${index}`, text(chars)));
    const under = cells[this.cursor];
    const start = width(join(cells.slice(0, this.cursor)));
    const end = start + width(under ?? ' ');
    if (end - this.scroll > columns) this.scroll = end - columns;
    if (start < this.scroll) this.scroll = start;
    if (Math.max(end, width(join(cells))) <= columns) this.scroll = 0;
    if (showCursor) cells[this.cursor] = style('inverse', under ?? ' ');
    return slice(join(cells), this.scroll, columns);
  }

  /** Target for the room beside the text: a click there goes to its end. */
  get behind(): string {
    return `${this.name}${this.chars.length}`;
  }

  /** Puts the cursor where a click hit the line; false where that was another one. A secret keeps it at its end. */
  press(name: string | undefined): boolean {
    if (name?.startsWith(this.name) !== true) return false;
    const at = Number(name.slice(this.name.length));
    if (this.options.secret !== true) this.cursor = Math.min(at, this.chars.length);
    return true;
  }

  private accept(typed: string): string {
    // Secrets may hold anything but control characters.
    if (this.options.secret === true) return typed.replace(/\p{Cc}/gu, '');
    return clean(typed.replace(/[\r\n]+/g, ''));
  }

  private split(value: string): string[] {
    if (this.options.secret === true) return Array.from(value);
    return Array.from(units(clean(value)), ({ chars }) => chars);
  }
}

/** New cursor, and the range that goes. */
type Action = (chars: readonly string[], at: number, secret: boolean) => [number, number, number];

const moveTo =
  (target: (chars: readonly string[], at: number) => number): Action =>
  (chars, at) => [target(chars, at), 0, 0];
const removeBack =
  (target: (chars: readonly string[], at: number) => number): Action =>
  (chars, at, secret) => {
    const from = secret ? target(chars, chars.length) : target(chars, at);
    return [from, from, secret ? chars.length : at];
  };
const removeForward =
  (target: (chars: readonly string[], at: number) => number): Action =>
  (chars, at) => [at, at, target(chars, at)];

const left = (_: readonly string[], at: number): number => Math.max(0, at - 1);
const right = (chars: readonly string[], at: number): number => Math.min(chars.length, at + 1);
const start = (): number => 0;
const end = (chars: readonly string[]): number => chars.length;

function wordLeft(chars: readonly string[], at: number): number {
  let to = at;
  while (to > 0 && !isWord(chars[to - 1]!)) to -= 1;
  while (to > 0 && isWord(chars[to - 1]!)) to -= 1;
  return to;
}

function wordRight(chars: readonly string[], at: number): number {
  let to = at;
  while (to < chars.length && !isWord(chars[to]!)) to += 1;
  while (to < chars.length && isWord(chars[to]!)) to += 1;
  return to;
}

const ACTIONS: Readonly<Record<Key, Action>> = {
  left: moveTo(left),
  right: moveTo(right),
  'ctrl-b': moveTo(left),
  'ctrl-f': moveTo(right),
  home: moveTo(start),
  end: moveTo(end),
  'ctrl-a': moveTo(start),
  'ctrl-e': moveTo(end),
  'ctrl-left': moveTo(wordLeft),
  'ctrl-right': moveTo(wordRight),
  'alt-left': moveTo(wordLeft),
  'alt-right': moveTo(wordRight),
  'alt-b': moveTo(wordLeft),
  'alt-f': moveTo(wordRight),
  backspace: removeBack(left),
  delete: removeForward(right),
  'ctrl-d': removeForward(right),
  'ctrl-w': removeBack(wordLeft),
  'alt-backspace': removeBack(wordLeft),
  'ctrl-u': removeBack(start),
  'alt-d': removeForward(wordRight),
  'ctrl-k': removeForward(end),
};

/** Longest query: each key searches anew, and a longer one finds nothing. */
export const QUERY_LENGTH_MAX = 200;
/** Columns beside the query for the slash and the note. */
const NOTE_COLUMNS = 16;

/** Input after `/` below a list or a log: Enter keeps it, Esc drops it. */
export class QueryLine {
  private readonly editor = new LineEditor({ maxLength: QUERY_LENGTH_MAX });
  private open = false;

  /** True while the query is being typed; it then takes all keys. */
  get isOpen(): boolean {
    return this.open;
  }

  get value(): string {
    return this.editor.value;
  }

  set value(value: string) {
    this.editor.value = value;
  }

  start(): void {
    this.open = true;
  }

  /** `kept` and `dropped` end the typing; the value is left to whoever asked. */
  handleKey(key: Key): 'kept' | 'dropped' | 'changed' | 'used' | 'ignored' {
    if (key === 'enter' || key === 'escape') {
      this.open = false;
      return key === 'enter' ? 'kept' : 'dropped';
    }
    const result = this.editor.handleKey(key);
    return result === 'changed' || result === 'ignored' ? result : 'used';
  }

  /** Types on where the line was hit; false where it was not. */
  press(name: string | undefined): boolean {
    if (!this.editor.press(name)) return false;
    this.open = true;
    return true;
  }

  /** True when the value changed. */
  paste(pasted: string): boolean {
    return this.editor.paste(pasted);
  }

  /** The slash, the query and beside it what it finds. */
  line(columns: number, focused: boolean, note: Text): Markup {
    const query = this.editor.render(Math.max(1, columns - NOTE_COLUMNS), this.open && focused);
    const line = join([style('accent', ' /'), query, '  ', style('muted', note)]);
    return target(this.editor.behind, fit(line, columns));
  }
}
