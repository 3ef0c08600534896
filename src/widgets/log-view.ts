import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Event } from '../core/event.js';
import type { Widget } from './widget.js';
import type { StyleName } from './theme.js';
export interface LogLine {
  readonly time?: string;
  readonly text: Text;
  readonly style?: StyleName;
}
export interface LogState {
  readonly follow: boolean;
  readonly wrap: boolean;
  /** What is searched for; '' when nothing is. */
  readonly search: string;
  readonly matches: number;
  readonly lines: number;
}
/** The last 10,000 lines of a log. f follow, w wrap, / search, n N next and previous match. */
export declare class LogView implements Widget {
  constructor(terminal: Terminal, options?: { readonly capacity?: number; readonly empty?: Text });
  /** Follow, wrap or search changed, by key or by method. */
  readonly onState: Event<LogState>;
  readonly state: LogState;
  append(lines: readonly LogLine[]): void;
  clear(): void;
  setFollow(follow: boolean): void;
  setWrap(wrap: boolean): void;
  startSearch(): void;
  /** All lines as plain text, for saving. */
  contents(): string[];
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
