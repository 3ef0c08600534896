import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import type { Widget } from './widget.js';
export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'skipped' | 'undone';
export interface Step {
  readonly id: string;
  readonly title: Text;
  readonly state: StepState;
  /** Of a finished step. */
  readonly elapsedMs?: number | undefined;
  /** Epoch, of a running step: its time is kept up to date. */
  readonly since?: number | undefined;
  /** Sub-step, or what it is waiting for; one line below. */
  readonly detail?: Text | undefined;
  /** In red below the step. */
  readonly error?: readonly Text[] | undefined;
}
export interface StepsData {
  readonly steps: readonly Step[];
  /** Lines after the steps: clean-up, success. */
  readonly outcome?: readonly Text[] | undefined;
  /** A bar at the bottom. */
  readonly progress?: { readonly done: number; readonly total: number } | undefined;
}
/** The steps of a long operation. Scrolls by itself to the running or failed step when there is no room for all. */
export declare class Steps implements Widget {
  constructor(terminal: Terminal);
  set(data: StepsData): void;
  readonly focusable: boolean;
  place(area: Rect | undefined): void;
  handleKey(key: Key): boolean;
  handlePaste(pasted: string): boolean;
  setFocused(focused: boolean): void;
  dispose(): void;
}
