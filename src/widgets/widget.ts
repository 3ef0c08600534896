import type { Disposable } from '../core/lifecycle.js';
import type { Placeable, Rect, Size } from './layout.js';
import type { Markup } from './markup.js';
import { Surface } from './surface.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';

/** Building block of a screen. Takes data by `set` and reports choices by `on…` events. */
export interface Widget extends Placeable, Disposable {
  /** Handles a key and returns true when it was used. Called for the focused widget only. */
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
