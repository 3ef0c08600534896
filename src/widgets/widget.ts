import type { Disposable } from '../core/lifecycle.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Placeable, Rect, Size } from './layout.js';
import type { Markup } from './markup.js';
import type { Press, Pressable } from './pointer.js';
import { Surface } from './surface.js';

/** Building block of a screen. Takes data by `set` and reports choices by `on…` events. */
export interface Widget extends Placeable, Disposable {
  /** Handles a key and returns true when it was used. Called for the focused widget only. */
  handleKey(key: Key): boolean;
  /** Offers a key again that neither a widget nor a command took. */
  handleSpareKey?(key: Key): void;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  /** False while Tab passes it by (nothing to do in it). */
  readonly focusable: boolean;
  /** A line is being typed where letters are keys otherwise: a filter, a search. */
  readonly typing?: boolean | undefined;
  /** A field: every letter is typed into it. */
  readonly takesText?: boolean | undefined;
  /** Gives its keys to a widget inside. */
  holds?(part: Pressable): boolean;
}

/** Rows that the wheel moves at once. */
const WHEEL_ROWS = 3;

/** A widget that draws itself line by line into one surface. */
export abstract class PaintedWidget implements Widget, Pressable {
  protected readonly surface: Surface;
  protected focused = false;

  constructor(protected readonly terminal: Terminal) {
    this.surface = new Surface(terminal, (size) => this.paint(size), this);
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

  handlePress(_press: Press): Key | undefined {
    return undefined;
  }

  handleWheel(step: 1 | -1): void {
    for (let row = 0; row < WHEEL_ROWS; row += 1) this.handleKey(step < 0 ? 'up' : 'down');
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

/**
 * Tracks the focused one of several widgets. Tab and Shift-Tab cycle through the focusable ones.
 */
export class FocusRing {
  private widgets: readonly Widget[] = [];
  private focused: Widget | undefined;

  /** `rest` gets the keys that the focused one leaves. */
  constructor(
    widgets: readonly Widget[],
    private readonly rest?: (key: Key) => boolean,
  ) {
    this.setWidgets(widgets);
  }

  get current(): Widget | undefined {
    return this.focused;
  }

  /** Other widgets, in Tab order. The focus stays where it is if it can, else goes to the first. */
  setWidgets(widgets: readonly Widget[]): void {
    this.widgets = widgets;
    if (this.focused === undefined || !widgets.includes(this.focused))
      this.focus(widgets.find(({ focusable }) => focusable));
  }

  focus(widget: Widget | undefined): void {
    if (widget === this.focused) return;
    this.focused?.setFocused(false);
    this.focused = widget;
    widget?.setFocused(true);
  }

  /** Focuses the widget that a click was for; false where it takes no focus. */
  focusAt(part: Pressable): boolean {
    const widget = this.widgets.find((one) => (one as unknown) === part || one.holds?.(part));
    if (widget?.focusable !== true) return false;
    this.focus(widget);
    return true;
  }

  /** First the focused widget, then Tab and Shift-Tab, then the rest. */
  handleKey(key: Key): boolean {
    if (this.focused?.handleKey(key) === true) return true;
    if (key === 'tab') this.move(1);
    else if (key === 'shift-tab') this.move(-1);
    else return this.rest?.(key) ?? false;
    return true;
  }

  handlePaste(pasted: string): boolean {
    if (this.focused?.handlePaste(pasted) === true) return true;
    // Give the paste to the first widget that takes it when the focused one does not.
    const taker = this.widgets.find((widget) => widget.focusable && widget.handlePaste(pasted));
    if (taker === undefined) return false;
    this.focus(taker);
    return true;
  }

  private move(step: 1 | -1): void {
    const count = this.widgets.length;
    const start =
      this.focused === undefined ? (step > 0 ? -1 : count) : this.widgets.indexOf(this.focused);
    for (let distance = 1; distance <= count; distance += 1) {
      const widget = this.widgets[(((start + step * distance) % count) + count) % count];
      if (widget?.focusable === true) {
        this.focus(widget);
        return;
      }
    }
  }
}
