import {
  type Capabilities,
  type ColourDepth,
  type Environment,
  isCi,
} from '../../core/capabilities.js';
import type { ColourChanges, ThemeChoice } from '../../core/colours.js';
import type { Event } from '../../core/event.js';
import type { Disposable } from '../../core/lifecycle.js';
import type { Clock } from '../../core/time.js';
import type { Size } from '../layout.js';
import type { Key, Mouse } from './keys.js';
import type { TerminalInput } from './input-reader.js';
import type { TerminalOutput } from './output-gate.js';
import type { Stage } from './stage.js';

export interface TerminalOptions {
  readonly input: TerminalInput;
  readonly output: TerminalOutput;
  readonly env: Environment;
  /** Overrides what the environment says. */
  readonly colours?: ColourDepth | undefined;
  readonly ascii?: boolean | undefined;
  /** No spinner, no map. */
  readonly reducedMotion?: boolean | undefined;
  /** `auto` asks the terminal for its background. */
  readonly theme?: ThemeChoice | undefined;
  /** In place of those of the theme. */
  readonly ownColours?: ColourChanges | undefined;
  /** Off unless asked for: with it, the terminal's own text selection needs Shift. */
  readonly mouse?: boolean | undefined;
  readonly clock?: Clock | undefined;
  /** First frame (`Terminal.firstFrame`) that is on the screen already: it is written again only if it differs. */
  readonly shown?: string | undefined;
}

/** A frame with what was written before it: the reports of the terminal that are wanted, and the alternate screen. */
export interface WholeFrame extends Size {
  readonly bytes: string;
}

export interface TerminalStats {
  readonly renders: number;
  readonly bytesWritten: number;
}

/** The screen, the keyboard and what the program may do with them. One at a time. */
export interface Terminal extends Disposable {
  readonly capabilities: Capabilities;
  readonly size: Size;
  readonly stats: TerminalStats;
  /** Undefined until it is drawn. */
  readonly firstFrame: WholeFrame | undefined;
  readonly onKey: Event<Key>;
  /** A whole bracketed paste, of any length, as it came: line breaks are kept. */
  readonly onPaste: Event<string>;
  readonly onMouse: Event<Mouse>;
  /** The terminal window got (true) or lost the focus. */
  readonly onFocus: Event<boolean>;
  /** A frame is about to be drawn: what is changed now is part of it. */
  readonly onFrame: Event<void>;
  /** Fired right before the frame that draws in the new size. */
  readonly onResize: Event<Size>;
  /** The terminal went away (closed window, dropped line). Nothing can be shown any more. */
  readonly onHangup: Event<void>;
  /** Draws soon: once a frame (33 ms) at most; the first one, and what a key made, without delay. */
  requestRender(): void;
  /** Draws now; for tests and for a last picture before something that blocks. */
  flush(): void;
  /** Draws every cell again (Ctrl-L). */
  redraw(): void;
  /**
   * Gives the terminal back for a while (Ctrl-Z); `resume` takes it again and redraws, also where another program
   * changed it without a `suspend` before.
   */
  suspend(): void;
  resume(): void;
  /** Puts the terminal back as it was. May be called again, from signal and error handlers too. */
  restore(): void;
  /** Writes a sequence that draws nothing after the next render. */
  writeRaw(sequence: string): void;
  bell(): void;
  /** Copies through the terminal (OSC 52), in tmux too. Whether it arrived cannot be known. */
  copy(text: string): void;
  /** Copies prose of several lines; never what is meant for a shell. */
  copyLines(text: string): void;
  /** Names the window or tab (OSC 2) until the terminal is restored, where it takes that. */
  setTitle(title: string): void;
  /** A desktop notification through the terminal (OSC 9). */
  notify(message: string): void;
  /** For widgets only. */
  readonly stage: Stage;
}

/** Why a full-screen program cannot run here (pipe, TERM=dumb), as a sentence; undefined if it can. */
export function terminalProblem({
  input,
  output,
  env,
}: {
  readonly input: Pick<TerminalInput, 'isTTY'>;
  readonly output: Pick<TerminalOutput, 'isTTY'>;
  readonly env: Environment;
}): string | undefined {
  if (input.isTTY !== true) return 'The keyboard is not a terminal (standard input is redirected).';
  if (output.isTTY !== true) return 'The output is not a terminal (standard output is redirected).';
  if (isCi(env)) return 'This is a run without a person (CI is set).';
  if (env['TERM'] === 'dumb')
    return 'This terminal cannot place text on the screen (TERM is dumb).';
  return undefined;
}
