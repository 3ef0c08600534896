import { Emitter } from '../core/event.js';
import { type Button, buttonRow, moveButton } from './button-row.js';
import type { Size } from './layout.js';
import { join, type Markup, style, truncate } from './markup.js';
import type { Key } from './terminal/keys.js';
import { PaintedWidget } from './widget.js';

export type { Button } from './button-row.js';

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
