import type { App } from '../../app/app.js';
import type { AppState } from '../../app/state.js';
import type { Event } from '../../core/event.js';
import type { Disposable } from '../../core/lifecycle.js';
import type { FocusRing } from '../../widgets/widget.js';
import type { LayoutLike } from '../../widgets/layout.js';
import type { Text } from '../../widgets/markup.js';
import type { Overlay } from '../../widgets/panel.js';
import type { Terminal } from '../../widgets/terminal/terminal.js';

/** Context that a screen is made with. */
export interface ScreenContext {
  readonly terminal: Terminal;
  readonly app: App;
  /** Carries out a command by its id, as if its key had been pressed. */
  perform(id: string): void;
}

/** Content of the title bar while a screen is shown. */
export interface ScreenTitle {
  /** After the program's name. */
  readonly breadcrumb: readonly Text[];
  /** Several texts, here and on the right, are alternatives, longest first: the first that fits is shown. */
  readonly middle?: Text | readonly Text[] | undefined;
  readonly right?: Text | readonly Text[] | undefined;
  /** The longest of `right` is worth more than the end of a long name in the breadcrumb. */
  readonly keepsRight?: boolean | undefined;
}

/** Overlay above a screen, with its content. */
export interface Modal {
  readonly overlay: Overlay;
  /** Content framed by the overlay, if that is a widget of its own. */
  readonly content?: Disposable | undefined;
  /** Brings it up to date, where it changes while it is open. */
  show?(state: AppState): void;
}

/** One screen: its widgets, bound to the state. */
export interface Screen<Controls = unknown> extends Disposable {
  readonly body: LayoutLike;
  readonly focus: FocusRing;
  /** The row under the cursor, for commands that act on one. */
  readonly selected: string | undefined;
  /** The marked rows that are shown, for commands that act on several. */
  readonly marked?: readonly string[];
  /** Fires on a change of its own (cursor, layout): call `show` again. */
  readonly onChange: Event<void>;
  /** Brings the widgets up to date. */
  show(state: AppState): ScreenTitle;
  /** Widget functions (scroll, filter, focus) for its commands. */
  readonly controls: Controls;
}

/** Sets a widget only when its data is other than the last. */
export function bind<Data>(widget: { set(data: Data): void }): (data: Data) => void {
  let last: Data | undefined;
  return (data) => {
    if (last !== undefined && isSameData(last, data)) return;
    last = data;
    widget.set(data);
  };
}

/** Compares two plain values (numbers, texts, lists, records) all the way down. */
export function isSameData(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return false;
  if (Array.isArray(one) || Array.isArray(other)) return isSameList(one, other);
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(other, key) &&
      isSameData((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
  );
}

/** Lists are long: their places are not named one by one. */
function isSameList(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
  return one.every((item, index) => isSameData(item, other[index]));
}
