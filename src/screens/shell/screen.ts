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
  /** Fires on a change of its own (cursor, layout): call `show` again. */
  readonly onChange: Event<void>;
  /** Brings the widgets up to date. */
  show(state: AppState): ScreenTitle;
  /** Widget functions (scroll, filter, focus) for its commands. */
  readonly controls: Controls;
}
