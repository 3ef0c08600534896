import type { Disposable } from '../core/lifecycle.js';
import type { Placeable, Rect, Size } from './layout.js';
import type { Markup } from './markup.js';
import { Surface } from './surface.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';

/** What a screen puts together. Data goes in by `set`, choices come out of `on…` events. */
export interface Widget extends Placeable, Disposable {
  /** Whether the key was used up. Only the widget that has the focus is asked. */
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  /** False while Tab passes it by (nothing to do in it). */
  readonly focusable: boolean;
  /** A line is being typed where letters are keys otherwise: a filter, a search. */
  readonly typing?: boolean | undefined;
}

/** A widget that draws itself line by line into one surface. */
export abstract class PaintedWidget implements Widget {
  protected readonly surface: Surface;
  protected focused = false;

  constructor(protected readonly terminal: Terminal) {
    this.surface = new Surface(terminal, (size) => this.paint(size));
  }

  get focusable(): boolean {
    return false;
  }

  place(area: Rect | undefined): void {
    this.surface.place(area);
  }

  handleKey(_key: Key): boolean {
    return false;
  }

  handlePaste(_pasted: string): boolean {
    return false;
  }

  setFocused(focused: boolean): void {
    if (focused === this.focused) return;
    this.focused = focused;
    this.surface.invalidate();
  }

  dispose(): void {
    this.surface.dispose();
  }

  protected abstract paint(size: Size): readonly Markup[];

  protected get ascii(): boolean {
    return this.terminal.capabilities.ascii;
  }
}
