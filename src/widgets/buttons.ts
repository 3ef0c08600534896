import { Emitter } from '../core/event.js';
import type { Size } from './layout.js';
import { join, type Markup, spaces, style, truncate } from './markup.js';
import type { Key } from './terminal/keys.js';
import { PaintedWidget } from './widget.js';

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

  override dispose(): void {
    this.pressed.dispose();
    super.dispose();
  }

  protected override paint({ width }: Size): readonly Markup[] {
    const reason = this.focused ? this.selectedButton()?.disabled : undefined;
    const row = buttonRow(this.data.buttons, this.current, this.focused);
    const note = reason === undefined ? '' : style('muted', join(['   ', reason]));
    return [truncate(join([' ', row, note]), width)];
  }

  private selectedButton(): Button | undefined {
    return this.data.buttons.find(({ id }) => id === this.current);
  }
}

/** `[ No ]  [ Destroy ]`, the selected one highlighted while `focused`. */
export function buttonRow(
  buttons: readonly Button[],
  selected: string | undefined,
  focused: boolean,
): Markup {
  return join(
    buttons.map((button) => buttonText(button, focused && button.id === selected)),
    spaces(2),
  );
}

/** Left and right among buttons; undefined: not such a key. */
export function moveButton(
  key: Key,
  buttons: readonly Button[],
  selected: string | undefined,
): string | undefined {
  const step = STEPS[key];
  if (step === undefined || buttons.length === 0) return undefined;
  const index = buttons.findIndex(({ id }) => id === selected);
  return buttons[Math.max(0, Math.min(buttons.length - 1, index + step))]?.id;
}

const STEPS: Readonly<Record<Key, number>> = { left: -1, h: -1, right: 1, l: 1 };

function buttonText({ label, danger, disabled }: Button, selected: boolean): Markup {
  const words = join([selected ? '›' : '[', ' ', label, ' ', selected ? '‹' : ']']);
  if (disabled !== undefined)
    return selected ? style('inverse', style('muted', words)) : style('muted', words);
  if (selected)
    return style('strong', danger === true ? style('alarm', words) : style('selected', words));
  return danger === true ? style('danger', words) : words;
}
