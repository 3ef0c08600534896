import { Emitter } from '../core/event.js';
import { BOX_MARGIN, drawBox, type Overlay, overlayArea } from './panel.js';
import { type Button, buttonRow, buttonRows, moveButton, stepButton } from './buttons.js';
import type { Rect, Size } from './layout.js';
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
  width,
} from './markup.js';
import type { Press } from './pointer.js';
import { moveIndex, scrollTo } from './scroll.js';
import { type Key, printable } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './paragraph.js';

/** A paragraph; one that is `whole` is broken only where the screen is too narrow for it. */
export type DialogText = Text | { readonly whole: Text };

/** Contents of a dialog and its possible answers. */
export interface DialogData {
  readonly title: Text;
  readonly style?: 'accent' | 'ok' | 'warn' | 'danger';
  readonly lines: readonly DialogText[];
  /** Lines too many for the screen are shown from the last one. */
  readonly fromEnd?: boolean;
  /** Block beside the lines, largest size first: the first that fits, else a paragraph below them. */
  readonly aside?: { readonly sizes: readonly (readonly string[])[]; readonly otherwise: Text };
  /** The first one has the focus: put the harmless one first. */
  readonly buttons: readonly Button[];
  /** Choices one below the other, above the buttons; the first one has the focus then. */
  readonly list?: readonly Button[];
  /** Text that must be typed before the last button can be pressed; typing all of it moves the focus there. */
  readonly typed?: { readonly prompt: Text; readonly expected: string };
}

const WIDEST = 72;
const NARROWEST = 44;
/** Least columns of the text beside a block. */
const BESIDE = 30;
/** Blank column on both sides, and the border. */
const SIDES = 4;
/** Columns before a choice of a list. */
const LIST_MARGIN = 3;
/** Rows of a list that are shown on the smallest screen. */
const LIST_LEAST = 3;
/** Rows of text, gaps and buttons around a list. */
const LIST_BESIDE = 6;
const LIST_MOVES: Readonly<Record<Key, 1 | -1>> = { up: -1, k: -1, down: 1, j: 1 };

/** A question or a message. Typing goes into the text to be typed, if there is one. */
export class Dialog extends PaintedWidget implements Overlay {
  private readonly chosen = new Emitter<string>();
  private readonly closed = new Emitter<void>();
  private readonly editor = new LineEditor();
  private current: string | undefined;
  private screen: Rect | undefined;
  private top = 0;
  /** First choice of the list that is shown. */
  private listTop = 0;
  private aside: readonly string[] = [];
  /** Enter came before the text was typed: what to type is said in red. */
  private refused = false;
  /** The focus was moved to a button since the last change of the text. */
  private moved = false;
  private page = 1;
  private total = 0;

  /** A button was pressed. Esc fires onClose only. */
  readonly onChoose = this.chosen.event;
  readonly onClose = this.closed.event;

  constructor(
    terminal: Terminal,
    private data: DialogData,
  ) {
    super(terminal);
    this.current = this.all[0]?.id;
    if (data.fromEnd === true) this.top = Infinity;
  }

  override get focusable(): boolean {
    return true;
  }

  set(data: DialogData): void {
    this.data = data;
    if (!this.all.some(({ id }) => id === this.current)) this.current = this.all[0]?.id;
    this.place(this.screen);
    this.surface.invalidate();
  }

  override place(area: Rect | undefined): void {
    this.screen = area;
    if (area === undefined) {
      super.place(undefined);
      return;
    }
    const { title, lines, buttons, list = [], typed } = this.data;
    this.aside = this.fittingAside(area);
    if (this.aside.length > 0) return this.placeBeside(area, this.aside);
    const prose = Math.max(
      NARROWEST,
      width(title) + 6,
      width(buttonRow(buttons, undefined, false)) + SIDES,
      typed === undefined ? 0 : width(this.prompt(typed.prompt)) + SIDES,
      ...list.map(({ label }) => width(label) + LIST_MARGIN + SIDES),
      ...lines.map((line) => (isWhole(line) ? 0 : width(line) + SIDES)),
    );
    const whole = lines.map((line) => (isWhole(line) ? width(line.whole) + SIDES : 0));
    const wanted = Math.max(Math.min(prose, WIDEST), ...whole);
    const columns = overlayArea(area, { width: wanted, height: 1 }).width;
    const body = this.bodyLines(columns - SIDES).length;
    const rows = body + gapAfter(body) + this.foot(columns - SIDES).length;
    super.place(overlayArea(area, { width: columns, height: rows + BOX_MARGIN }));
  }

  /** Largest block that leaves room for the text; empty where none does. */
  private fittingAside({ width: across, height }: Rect): readonly string[] {
    const { sizes = [] } = this.data.aside ?? {};
    const fits = (block: readonly string[]): boolean =>
      block.length <= height - BOX_MARGIN && width(block[0] ?? '') <= across - SIDES - 1 - BESIDE;
    return sizes.find(fits) ?? [];
  }

  /** Takes the whole height where the block needs it. */
  private placeBeside(area: Rect, block: readonly string[]): void {
    const beside = SIDES + 1 + width(block[0] ?? '');
    const columns = Math.min(area.width, beside + NARROWEST - SIDES);
    const wanted = this.bodyLines(columns - beside).length + 1 + this.foot(columns - beside).length;
    const rows = Math.min(area.height, Math.max(block.length, wanted) + BOX_MARGIN);
    const left = area.left + Math.floor((area.width - columns) / 2);
    const top = area.top + Math.floor((area.height - rows) / 2);
    super.place({ ...area, left, top, width: columns, height: rows });
  }

  override handleKey(key: Key): boolean {
    const { list = [], typed } = this.data;
    const step = list.length === 0 ? undefined : LIST_MOVES[key];
    if (key === 'escape') this.closed.fire();
    else if (key === 'tab' || key === 'shift-tab') this.cycle(key === 'tab' ? 1 : -1);
    else if (key === 'enter') this.enter();
    else if (step !== undefined) this.focus(stepButton(step, this.all, this.current));
    else if (this.total > this.page && this.scroll(key)) return true;
    else if (typed !== undefined && key !== 'left' && key !== 'right') this.edit(key);
    else if (key === 'space') this.press(this.current);
    else if (ANSWERS[key] !== undefined) this.press(ANSWERS[key]);
    else {
      const moved = moveButton(key, this.all, this.current);
      if (moved !== undefined) this.focus(moved);
    }
    if (this.data.typed !== undefined) this.place(this.screen);
    this.surface.invalidate();
    return true;
  }

  override handlePress({ target: id, isDouble }: Press): Key | undefined {
    if (this.editor.press(id)) this.surface.invalidate();
    if (isDouble || !this.all.some((button) => button.id === id)) return undefined;
    this.current = id;
    this.surface.invalidate();
    return 'enter';
  }

  override handlePaste(pasted: string): boolean {
    const expected = this.data.typed?.expected;
    // Anything else was meant for another place, and may be a secret: it is not shown here.
    if (expected === undefined || pasted.trim() !== expected) return true;
    this.change(() => this.editor.paste(expected));
    this.surface.invalidate();
    return true;
  }

  override dispose(): void {
    this.chosen.dispose();
    this.closed.dispose();
    super.dispose();
  }

  protected override paint(size: Size): readonly Markup[] {
    const across = width(this.aside[0] ?? '');
    const columns = size.width - SIDES - (across === 0 ? 0 : across + 1);
    const body = this.bodyLines(columns);
    const foot = this.foot(columns);
    this.total = body.length;
    const gap = gapAfter(this.total);
    this.page = Math.max(gap, size.height - BOX_MARGIN - foot.length - gap);
    this.top = Math.max(0, Math.min(this.top, this.total - this.page));
    const shown = body.slice(this.top, this.top + this.page);
    while (shown.length < this.page) shown.push(spaces(0));
    const more = this.total > this.page ? style('muted', '↑↓') : undefined;
    const border = this.data.style ?? 'accent';
    const title = style(border, style('strong', this.data.title));
    const between = Array.from({ length: gap }, () => spaces(0));
    const lines = [...shown, ...between, ...foot].map((line, row) =>
      across === 0
        ? join([' ', line])
        : join([' ', fit(line, columns), ' ', this.aside[row] ?? '']),
    );
    return drawBox(size, { title, right: more, style: border }, lines);
  }

  private bodyLines(columns: number): Markup[] {
    const { lines, aside } = this.data;
    const isLeftOut = aside !== undefined && this.aside.length === 0;
    return [...lines, ...(isLeftOut ? ['', aside.otherwise] : [])].flatMap((line) => {
      const wrapped = isWhole(line)
        ? wrap(line.whole, columns)
        : wrap(line, Math.min(columns, WIDEST - SIDES));
      return wrapped.length === 0 ? [spaces(0)] : wrapped;
    });
  }

  /** Renders the input line, and the buttons at the right, over several rows where they are many. */
  private foot(columns: number): Markup[] {
    const { typed } = this.data;
    const rows = buttonRows(this.buttons(), this.current, columns);
    const buttons = [...this.listRows(columns), ...rows.map((row) => fit(row, columns, 'right'))];
    if (typed === undefined) return buttons;
    const room = Math.max(1, columns - 2);
    const typing = target(this.editor.behind, fit(this.editor.render(room, true), room));
    const entry = style('underline', typing);
    return [
      ...wrap(this.prompt(typed.prompt), columns),
      join([style('accent', '› '), entry]),
      spaces(0),
      ...buttons,
    ];
  }

  /** As many choices as the screen has room for, the selected one among them. */
  private listRows(columns: number): Markup[] {
    const { list = [] } = this.data;
    if (list.length === 0) return [];
    const room = Math.max(LIST_LEAST, (this.screen?.height ?? Infinity) - BOX_MARGIN - LIST_BESIDE);
    const index = Math.max(
      0,
      list.findIndex(({ id }) => id === this.current),
    );
    this.listTop = scrollTo(index, this.listTop, room, list.length);
    const rows = list.slice(this.listTop, this.listTop + room).map(({ id, label }) => {
      const isCurrent = id === this.current;
      const row = fit(join([isCurrent ? ' › ' : '   ', label]), columns);
      return target(id, isCurrent ? style('selected', row) : row);
    });
    return [...rows, spaces(0)];
  }

  private prompt(prompt: Text): Text {
    if (!this.refused) return prompt;
    const { value } = this.editor;
    const wrong = value === '' ? '' : text(`, not "${value}"`);
    return join([glyph('failed'), ' ', style('danger', join([prompt, wrong]))]);
  }

  /** The last one waits for the text. */
  private buttons(): readonly Button[] {
    const { buttons, typed } = this.data;
    if (typed === undefined || this.isTyped) return buttons;
    return buttons.map((button, index) =>
      index === buttons.length - 1 ? { ...button, disabled: 'type the text first' } : button,
    );
  }

  /** Keeps the dialog open over a wrong text: closed, it would leave what is typed on to the screen's commands. */
  private enter(): void {
    if (this.moved || this.isTyped || this.editor.isEmpty) this.press(this.current);
    else this.refused = true;
  }

  /** Choices of the list, then the buttons. */
  private get all(): readonly Button[] {
    return [...(this.data.list ?? []), ...this.buttons()];
  }

  private press(id: string | undefined): void {
    const button = this.all.find((candidate) => candidate.id === id);
    if (button === undefined) return;
    this.refused = button.disabled !== undefined;
    if (!this.refused) this.chosen.fire(button.id);
  }

  private edit(key: Key): void {
    // A label has no spaces; a space here was meant for the button.
    if (key === 'space' && this.editor.isEmpty) this.press(this.current);
    else if (printable(key) !== undefined || EDIT_KEYS.test(key)) {
      this.change(() => this.editor.handleKey(key));
    }
  }

  /** Focuses the confirming button once the whole text is typed, so that Enter confirms. */
  private change(edit: () => void): void {
    const wasTyped = this.isTyped;
    this.refused = false;
    this.moved = false;
    edit();
    const { buttons } = this.data;
    if (this.isTyped) this.current = buttons.at(-1)?.id;
    else if (wasTyped) this.current = buttons[0]?.id;
  }

  private get isTyped(): boolean {
    return this.editor.value === this.data.typed?.expected;
  }

  private cycle(step: 1 | -1): void {
    const { all } = this;
    if (all.length === 0) return;
    const index = all.findIndex(({ id }) => id === this.current);
    this.focus(all[(index + step + all.length) % all.length]?.id);
  }

  private focus(id: string | undefined): void {
    this.current = id;
    this.moved = true;
  }

  private scroll(key: Key): boolean {
    if (printable(key) !== undefined && this.data.typed !== undefined) return false;
    if (key === 'home' || key === 'end') return false;
    const moved = moveIndex(key, this.top, this.total - this.page + 1, this.page);
    if (moved === undefined) return false;
    this.top = moved;
    this.surface.invalidate();
    return true;
  }
}

/** Blank rows between the text and the foot. */
function gapAfter(bodyLines: number): number {
  return bodyLines === 0 ? 0 : 1;
}

function isWhole(line: DialogText): line is { readonly whole: Text } {
  return typeof line === 'object' && 'whole' in line;
}

/** Letters that answer a question without an input line; other dialogs have no such buttons. */
const ANSWERS: Readonly<Record<Key, string>> = { y: 'yes', n: 'no' };

const EDIT_KEYS = /^(ctrl-|alt-|backspace|delete|home|end)/;

/** "No" first and focused, then "Yes" under its own name. Ids: 'no', 'yes'. */
export function confirmation(data: {
  readonly title: Text;
  readonly lines: readonly DialogText[];
  readonly yes: string;
  readonly no?: string;
  /** Buttons between the two. */
  readonly others?: readonly Button[];
  readonly typed?: DialogData['typed'];
}): DialogData {
  const { title, lines, yes, no = 'No', others = [], typed } = data;
  return {
    title,
    style: 'danger',
    lines,
    buttons: [{ id: 'no', label: no }, ...others, { id: 'yes', label: yes, danger: true }],
    ...(typed === undefined ? {} : { typed }),
  };
}
