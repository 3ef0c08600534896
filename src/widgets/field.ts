import { Emitter } from '../core/event.js';
import { drawBox } from './panel.js';
import type { Size } from './layout.js';
import { LineEditor } from './line-editor.js';
import {
  fit,
  glyph,
  join,
  type Markup,
  spaces,
  style,
  target,
  type Text,
  text,
  truncate,
  width,
} from './markup.js';
import type { Press } from './pointer.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './paragraph.js';

/** Rows of a field with a short message: box of three, message of one. See `rowsAt`. */
export const FIELD_HEIGHT = 4;
const BOX_ROWS = 3;
/** Columns of the mask; constant, so that it does not reveal a secret's length. */
const MASK_COLUMNS = 16;

export interface FieldData {
  readonly label: Text;
  readonly placeholder?: string | undefined;
  /** Below, in red. */
  readonly problem?: Text | undefined;
  /** Below, when there is no problem. */
  readonly note?: Text | undefined;
  /** Takes neither rows nor the focus. */
  readonly hidden?: boolean | undefined;
}

export interface FieldOptions {
  readonly secret?: boolean;
  readonly maxLength?: number;
  /** Kind of text: its box is no wider than that needs. */
  readonly kind?: keyof typeof KIND_COLUMNS;
}

/** Cells of text that each kind of field shows at most: all of a label, with the cursor. */
const KIND_COLUMNS = { name: 65, address: 76, token: 76 } as const;
/** Border and margin beside the text. */
const SIDES = 4;
/** Widest message below a field: longer lines are hard to read. */
const MESSAGE_COLUMNS = 96;

/**
 * Editable line of text. Does not handle Esc, Tab, up and down, Enter without a listener of
 * `onSubmit`, or control keys that edit nothing.
 */
export class Field extends PaintedWidget {
  private readonly changed = new Emitter<string>();
  private readonly submitted = new Emitter<void>();
  private readonly editor: LineEditor;
  private data: FieldData = { label: '' };
  readonly takesText = true;

  /** Edited by the person: the new value; always '' of a secret. */
  readonly onChange = this.changed.event;
  /** Enter. */
  readonly onSubmit = this.submitted.event;

  constructor(
    terminal: Terminal,
    private readonly options: FieldOptions = {},
  ) {
    super(terminal);
    this.editor = new LineEditor(options);
  }

  override get focusable(): boolean {
    return this.data.hidden !== true;
  }

  /** The text; always '' of a secret. */
  get value(): string {
    return this.options.secret === true ? '' : this.editor.value;
  }

  /** Replaces the text, without `onChange`. */
  set value(value: string) {
    this.editor.value = value;
    this.surface.invalidate();
  }

  get isEmpty(): boolean {
    return this.editor.isEmpty;
  }

  /** Rows of the box and all of the message below it. */
  rowsAt(columns: number): number {
    return this.data.hidden === true ? 0 : BOX_ROWS + Math.max(1, this.wrapped(columns).length);
  }

  /** Rows at this width without optional parts: a note is optional, a problem is not. */
  leastRowsAt(columns: number): number {
    const { problem, hidden = false } = this.data;
    return problem === undefined && !hidden ? BOX_ROWS : this.rowsAt(columns);
  }

  set(data: FieldData): void {
    this.data = data;
    this.surface.invalidate();
  }

  setValue(value: string): void {
    this.editor.value = value;
    this.surface.invalidate();
  }

  /** The text, and forgets it. The only way to read a secret. */
  take(): string {
    const { value } = this.editor;
    this.clear();
    return value;
  }

  clear(): void {
    this.setValue('');
  }

  override handleKey(key: Key): boolean {
    if (key === 'enter') {
      if (this.submitted.listenerCount === 0) return false;
      this.submitted.fire();
      return true;
    }
    const result = this.editor.handleKey(key);
    if (result === 'ignored') return false;
    this.surface.invalidate();
    if (result === 'changed') this.changed.fire(this.value);
    return true;
  }

  /** A click puts the cursor where it hit the text. */
  override handlePress({ target: name }: Press): Key | undefined {
    if (this.editor.press(name)) this.surface.invalidate();
    return undefined;
  }

  override handlePaste(pasted: string): boolean {
    if (this.editor.paste(pasted)) this.changed.fire(this.value);
    this.surface.invalidate();
    return true;
  }

  override dispose(): void {
    this.editor.value = '';
    this.changed.dispose();
    this.submitted.dispose();
    super.dispose();
  }

  protected override paint({ width: across, height }: Size): readonly Markup[] {
    const { kind } = this.options;
    const columns = kind === undefined ? across : Math.min(across, KIND_COLUMNS[kind] + SIDES);
    if (height < BOX_ROWS) return [this.line(columns), ...this.message(across, 1)];
    const title = this.focused ? style('strong', this.data.label) : this.data.label;
    const border = this.data.problem !== undefined ? 'danger' : this.focused ? 'accent' : undefined;
    const line = join([' ', this.line(columns - SIDES)]);
    const box = drawBox({ width: columns, height: BOX_ROWS }, { title, style: border }, [line]);
    return [...box, ...this.message(across, height - BOX_ROWS)];
  }

  private line(columns: number): Markup {
    const { placeholder } = this.data;
    if (this.editor.isEmpty && placeholder !== undefined && placeholder !== '')
      return this.placeholder(placeholder);
    const line =
      this.options.secret === true ? this.mask() : this.editor.render(columns, this.focused);
    return target(this.editor.behind, fit(line, columns));
  }

  private placeholder(words: string): Markup {
    const [first = '', ...rest] = toCharacters(words);
    const hint = style('muted', join([this.focused ? style('inverse', first) : first, ...rest]));
    return hint;
  }

  private mask(): Markup {
    const cursor = this.focused ? style('inverse', ' ') : spaces(0);
    return join([text(this.editor.isEmpty ? '' : '•'.repeat(MASK_COLUMNS)), cursor]);
  }

  private message(columns: number, rows: number): readonly Markup[] {
    const sign = this.sign();
    const margin = width(sign);
    return cut(this.wrapped(columns), rows, columns - margin).map((line, index) =>
      join([index === 0 ? sign : spaces(margin), line]),
    );
  }

  private sign(): Text {
    return this.data.problem === undefined ? ' ' : join([' ', glyph('failed'), ' ']);
  }

  private wrapped(columns: number): readonly Markup[] {
    const { problem, note } = this.data;
    const words = problem === undefined ? style('muted', note ?? '') : style('danger', problem);
    return wrap(words, Math.min(columns, MESSAGE_COLUMNS) - width(this.sign()));
  }
}

/** Limits lines to `rows`; an ellipsis marks the cut. */
function cut(lines: readonly Markup[], rows: number, columns: number): readonly Markup[] {
  if (lines.length <= rows) return lines;
  const before = lines.slice(0, Math.max(0, rows - 1));
  const rest = join(lines.slice(before.length), ' ');
  return rows > 0 ? [...before, truncate(rest, columns)] : [];
}

function toCharacters(words: string): string[] {
  return Array.from(words);
}
