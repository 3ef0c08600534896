import type { Disposable } from '../../core/lifecycle.js';
import type { Event } from '../../core/event.js';
import type { Clock } from '../../core/time.js';
import type { Size } from '../layout.js';
import type { ColourDepth } from '../theme.js';
import type { Key } from './keys.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface TerminalOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly env: Environment;
  /** Overrides what the environment says. */
  readonly colours?: ColourDepth | undefined;
  readonly ascii?: boolean | undefined;
  /** No spinner, no map. */
  readonly reducedMotion?: boolean | undefined;
  /** Off unless asked for: with it, the terminal's own text selection needs Shift. */
  readonly mouse?: boolean | undefined;
  readonly clock?: Clock | undefined;
}

export interface Mouse {
  readonly kind: 'press' | 'release' | 'wheel-up' | 'wheel-down';
  readonly x: number;
  readonly y: number;
}

export interface TerminalStats {
  readonly renders: number;
  readonly bytesWritten: number;
}

export interface Capabilities {
  readonly colours: ColourDepth;
  readonly ascii: boolean;
  readonly reducedMotion: boolean;
  readonly tmux: boolean;
}

/** The screen, the keyboard and what the program may do with them. One at a time. */
export interface Terminal extends Disposable {
  readonly capabilities: Capabilities;
  readonly size: Size;
  readonly stats: TerminalStats;
  readonly onKey: Event<Key>;
  /** A whole bracketed paste, of any length, as typed: line breaks are kept. */
  readonly onPaste: Event<string>;
  readonly onMouse: Event<Mouse>;
  /** The terminal window got (true) or lost the focus. */
  readonly onFocus: Event<boolean>;
  readonly onResize: Event<Size>;
  /** Draws soon: once a frame (33 ms) at most, the first one without delay. */
  requestRender(): void;
  /** Draws every cell again (Ctrl-L). */
  redraw(): void;
  /** Gives the terminal back for a while (Ctrl-Z); `resume` takes it again. */
  suspend(): void;
  resume(): void;
  /** Puts the terminal back as it was. May be called again, from signal and error handlers too. */
  restore(): void;
  /** Writes a sequence that draws nothing (OSC 9, OSC 52 …) after the next render. */
  writeRaw(sequence: string): void;
  bell(): void;
  /** Copies through the terminal (OSC 52), in tmux too. Whether it arrived cannot be known. */
  copy(text: string): void;
  /** A desktop notification through the terminal (OSC 9). */
  notify(message: string): void;
}

/** Why a full-screen program cannot run here (pipe, TERM=dumb), as a sentence; undefined if it can. */
export declare function terminalProblem(
  options: Pick<TerminalOptions, 'input' | 'output' | 'env'>,
): string | undefined;

/** Takes the terminal: alternate screen, raw keys. Throws a PortlamaError where it cannot run. */
export declare function openTerminal(options: TerminalOptions): Terminal;
