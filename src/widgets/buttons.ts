import { Emitter } from '../core/event.js';
import { type Key, keyLabel } from './terminal/keys.js';
import type { Size } from './layout.js';
import {
  fit,
  join,
  type Markup,
  spaces,
  style,
  target,
  type Text,
  truncate,
  width,
} from './markup.js';
import type { Press } from './pointer.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './paragraph.js';

export interface Button {
  readonly id: string;
  readonly label: string;
  readonly danger?: boolean;
  /** Why it cannot be pressed; shown beside the buttons while it is selected. */
  readonly disabled?: string | undefined;
}

export interface ButtonsData {
  readonly buttons: readonly Button[];
}

/** A row of buttons, one line high. Left and right move, Enter and Space press. */
export class Buttons extends PaintedWidget {
  private readonly pressed = new Emitter<string>();
  private data: ButtonsData = { buttons: [] };
  private current: string | undefined;

  readonly onPress = this.pressed.event;

  override get focusable(): boolean {
    return this.data.buttons.length > 0;
  }

  get selected(): string | undefined {
    return this.current;
  }

  set(data: ButtonsData): void {
    this.data = data;
    if (!data.buttons.some(({ id }) => id === this.current)) this.current = data.buttons[0]?.id;
    this.surface.invalidate();
  }

  select(id: string): void {
    if (!this.data.buttons.some((button) => button.id === id)) return;
    this.current = id;
    this.surface.invalidate();
  }

  override handleKey(key: Key): boolean {
    const moved = moveButton(key, this.data.buttons, this.current);
    if (moved !== undefined) this.select(moved);
    else if (key === 'enter' || key === 'space') {
      const button = this.selectedButton();
      if (button !== undefined && button.disabled === undefined) this.pressed.fire(button.id);
    } else return false;
    return true;
  }

  override handlePress({ target: id, isDouble }: Press): Key | undefined {
    if (isDouble || !this.data.buttons.some((button) => button.id === id)) return undefined;
    this.current = id;
    this.surface.invalidate();
    return 'enter';
  }

  override dispose(): void {
    this.pressed.dispose();
    super.dispose();
  }

  protected override paint({ width }: Size): readonly Markup[] {
    const reason = this.focused ? this.selectedButton()?.disabled : undefined;
    const roomy = buttonRow(this.data.buttons, this.current, this.focused);
    const row = fitsIn(roomy, width - 1)
      ? roomy
      : buttonRow(this.data.buttons, this.current, this.focused, true);
    const note = reason === undefined ? '' : style('muted', join(['   ', reason]));
    return [truncate(join([' ', row, note]), width)];
  }

  private selectedButton(): Button | undefined {
    return this.data.buttons.find(({ id }) => id === this.current);
  }
}

/** `[ No ]  [ Destroy ]`, the selected one highlighted while `focused`; `[No] [Destroy]` where room is scarce. */
export function buttonRow(
  buttons: readonly Button[],
  selected: string | undefined,
  focused: boolean,
  isTight = false,
): Markup {
  return join(
    buttons.map((button) =>
      target(button.id, buttonText(button, focused && button.id === selected, isTight)),
    ),
    spaces(isTight ? 1 : 2),
  );
}

/** Buttons over as many rows as they need, each row filled before the next. */
export function buttonRows(
  buttons: readonly Button[],
  selected: string | undefined,
  columns: number,
): readonly Markup[] {
  const rows: Button[][] = [];
  for (const button of buttons) {
    const row = rows.at(-1);
    if (row !== undefined && fitsIn(buttonRow([...row, button], undefined, false), columns))
      row.push(button);
    else rows.push([button]);
  }
  return rows.map((row) => buttonRow(row, selected, true));
}

function fitsIn(row: Markup, columns: number): boolean {
  return width(row) <= columns;
}

/** Left and right among buttons; undefined: not such a key. */
export function moveButton(
  key: Key,
  buttons: readonly Button[],
  selected: string | undefined,
): string | undefined {
  const step = STEPS[key];
  return step === undefined ? undefined : stepButton(step, buttons, selected);
}

/** The button so many places on, or the last one there; undefined without buttons. */
export function stepButton(
  step: number,
  buttons: readonly Button[],
  selected: string | undefined,
): string | undefined {
  const index = buttons.findIndex(({ id }) => id === selected);
  return buttons[Math.max(0, Math.min(buttons.length - 1, index + step))]?.id;
}

const STEPS: Readonly<Record<Key, number>> = { left: -1, h: -1, right: 1, l: 1 };

function buttonText(
  { label, danger, disabled }: Button,
  selected: boolean,
  isTight: boolean,
): Markup {
  const gap = isTight ? '' : ' ';
  const words = join([selected ? '›' : '[', gap, label, gap, selected ? '‹' : ']']);
  if (disabled !== undefined)
    return selected ? style('inverse', style('muted', words)) : style('muted', words);
  if (selected)
    return style('strong', danger === true ? style('alarm', words) : style('selected', words));
  return danger === true ? style('danger', words) : words;
}

export interface Choice {
  readonly id: string;
  readonly key?: Key;
  readonly label: string;
  readonly detail?: string;
}

export interface EmptyStateData {
  readonly title: Text;
  readonly lines: readonly Text[];
  readonly choices: readonly Choice[];
}

const WIDEST = 64;
const MOVES: Readonly<Record<Key, number>> = { up: -1, k: -1, down: 1, j: 1 };

/** A few lines and choices in the middle of the room. */
export class EmptyState extends PaintedWidget {
  private readonly chosen = new Emitter<string>();
  private data: EmptyStateData = { title: '', lines: [], choices: [] };
  private index = 0;

  readonly onChoose = this.chosen.event;

  override get focusable(): boolean {
    return this.data.choices.length > 0;
  }

  set(data: EmptyStateData): void {
    this.data = data;
    this.index = Math.max(0, Math.min(this.index, data.choices.length - 1));
    this.surface.invalidate();
  }

  override handleKey(key: Key): boolean {
    const { choices } = this.data;
    const step = MOVES[key];
    if (step !== undefined)
      this.index = Math.max(0, Math.min(choices.length - 1, this.index + step));
    else if (key === 'enter' || key === 'space') {
      const choice = choices[this.index];
      if (choice !== undefined) this.chosen.fire(choice.id);
    } else return false;
    this.surface.invalidate();
    return true;
  }

  override handlePress({ target: id, isDouble }: Press): Key | undefined {
    const index = this.data.choices.findIndex((choice) => choice.id === id);
    if (isDouble || index < 0) return undefined;
    this.index = index;
    this.surface.invalidate();
    return 'enter';
  }

  override dispose(): void {
    this.chosen.dispose();
    super.dispose();
  }

  protected override paint({ width: columns, height }: Size): readonly Markup[] {
    const { title, lines, choices } = this.data;
    const room = Math.min(WIDEST, columns);
    const words = lines.flatMap((line) => wrap(line, room));
    const block = [
      fit(style('strong', title), room, 'centre'),
      spaces(0),
      ...words.map((line) => fit(line, room, 'centre')),
      spaces(0),
      ...choices.map((choice, index) => this.choice(choice, index === this.index, room)),
    ];
    const above = Math.max(0, Math.floor((height - block.length) / 2));
    const left = spaces(Math.max(0, Math.floor((columns - room) / 2)));
    return [
      ...Array.from({ length: above }, () => spaces(0)),
      ...block.map((line) => join([left, line])),
    ];
  }

  private choice(
    { id, key, label, detail = '' }: Choice,
    selected: boolean,
    columns: number,
  ): Markup {
    const keys = key === undefined ? '' : keyLabel(key, this.ascii);
    const labels = Math.max(...this.data.choices.map((choice) => width(choice.label)));
    const line = fit(
      join([
        selected && this.focused ? ' › ' : '   ',
        fit(style('accent', style('strong', keys)), 2),
        ' ',
        fit(label, labels),
        '  ',
        style('muted', detail),
      ]),
      columns,
    );
    return target(id, selected && this.focused ? style('selected', line) : line);
  }
}
