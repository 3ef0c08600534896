import { type Capabilities, chooseCapabilities } from '../../core/capabilities.js';
import { isLight, parseColour, type ThemeChoice, type ThemeName } from '../../core/colours.js';
import { PortlamaError } from '../../core/errors.js';
import { Emitter } from '../../core/event.js';
import { DisposableStore, MutableDisposable, toDisposable } from '../../core/lifecycle.js';
import { systemClock } from '../../core/time.js';
import type { Size } from '../layout.js';
import { useClock } from '../markup.js';
import { resolveTheme, type Theme } from '../theme.js';
import { Backdrop } from './backdrop.js';
import { type BlessedScreen, createBlessedScreen } from './blessed-screen.js';
import {
  ALTERNATE_SCREEN,
  backgroundQuery,
  BELL,
  clipboardLinesSequence,
  clipboardSequence,
  ENTER_ALTERNATE,
  enterSequence,
  notificationSequence,
  RESTORE_TITLE,
  titleSequence,
} from './sequences.js';
import { FrameScheduler } from './frame-scheduler.js';
import { InputReader } from './input-reader.js';
import { OutputGate, type TerminalOutput } from './output-gate.js';
import { RESTORE_SEQUENCE } from './restore-sequence.js';
import { SmallScreenNotice } from './small-screen-notice.js';
import { Stage } from './stage.js';
import {
  type Terminal,
  type TerminalOptions,
  terminalProblem,
  type TerminalStats,
  type WholeFrame,
} from './terminal.js';

/** Limit for giving the terminal back, ms: it may not be read any more. */
const LEAVE_MS = 300;

/** An answer about the background that comes later than this after the start changes nothing, ms. */
const BACKGROUND_MS = 3_000;

/** Takes the terminal: alternate screen, raw keys. Throws a PortlamaError where it cannot run. */
export function openTerminal(options: TerminalOptions): Terminal {
  const problem = terminalProblem(options);
  if (problem !== undefined) {
    throw new PortlamaError({
      code: 'terminal-unsuitable',
      message: problem,
      hint: 'Use the plain mode (--plain), or run it in a terminal window.',
    });
  }
  return new ScreenTerminal(options);
}

/** The Terminal on blessed. Nothing else calls `screen.render()`, nothing else writes. */
class ScreenTerminal implements Terminal {
  readonly capabilities: Capabilities;
  readonly stage: Stage;
  private readonly output: TerminalOutput;
  private readonly gate: OutputGate;
  private readonly screen: BlessedScreen;
  private readonly scheduler: FrameScheduler;
  private readonly reader: InputReader;
  private readonly notice: SmallScreenNotice;
  private readonly backdrop: Backdrop;
  private readonly framing = new Emitter<void>();
  private readonly resized = new Emitter<Size>();
  private readonly hungUp = new Emitter<void>();
  private readonly store = new DisposableStore();
  private readonly mouse: boolean;
  private readonly themeOf: (name: ThemeName | undefined) => Theme;
  private readonly shown: string | undefined;
  private raw = '';
  private title: string | undefined;
  private renders = 0;
  private drawing = false;
  private state: 'open' | 'suspended' | 'restored' = 'open';

  firstFrame: WholeFrame | undefined;
  readonly onFrame = this.framing.event;
  readonly onResize = this.resized.event;
  readonly onHangup = this.hungUp.event;
  readonly onKey;
  readonly onPaste;
  readonly onMouse;
  readonly onFocus;

  constructor(options: TerminalOptions) {
    const clock = options.clock ?? systemClock;
    useClock(() => clock.now());
    this.capabilities = chooseCapabilities(options.env, options);
    this.output = options.output;
    this.mouse = options.mouse ?? false;
    this.shown = options.shown;
    this.gate = new OutputGate(options.output);
    this.screen = createBlessedScreen(this.gate);
    this.scheduler = this.store.add(new FrameScheduler(() => this.draw()));
    const { theme = 'auto' } = options;
    this.themeOf = (name) => resolveTheme(this.capabilities, name, options.ownColours);
    const first = this.themeOf(theme === 'auto' ? undefined : theme);
    this.stage = new Stage(this.screen, first, this.capabilities, () => this.requestRender());
    this.reader = this.store.add(new InputReader(options.input));
    ({ onKey: this.onKey, onPaste: this.onPaste } = this.reader);
    ({ onMouse: this.onMouse, onFocus: this.onFocus } = this.reader);
    // Register before other listeners: frames they request are then drawn at once.
    for (const on of [this.onKey, this.onPaste]) this.store.add(on(() => this.scheduler.hurry()));
    this.notice = this.store.add(new SmallScreenNotice(this));
    this.notice.fit(this.size);
    this.backdrop = this.store.add(new Backdrop(this));
    this.backdrop.fit(this.size);
    this.output.on('resize', this.handleResize);
    this.output.on('drain', this.handleResize);
    this.output.on('error', this.handleHangup);
    this.store.add(this.reader.onEnd(this.handleHangup));
    this.gate.write(enterSequence(this.mouse));
    this.askBackground(theme);
    this.reader.start();
    this.requestRender();
  }

  get size(): Size {
    return { width: this.gate.columns, height: this.gate.rows };
  }

  get stats(): TerminalStats {
    return { renders: this.renders, bytesWritten: this.gate.bytesWritten };
  }

  requestRender(): void {
    // Skip requests made while a frame is prepared: they are part of that frame.
    if (!this.drawing && this.state === 'open') this.scheduler.request();
  }

  flush(): void {
    if (this.state === 'open') this.scheduler.flush();
  }

  redraw(): void {
    if (this.state !== 'open') return;
    // Whatever garbled the screen may have left its colours and modes behind.
    this.gate.write(`\x1b[m${enterSequence(this.mouse)}`);
    this.screen.alloc();
    this.stage.markDirty();
  }

  suspend(): void {
    if (this.state !== 'open') return;
    this.state = 'suspended';
    this.scheduler.pause();
    this.stage.stop();
    this.reader.stop();
    this.leave();
  }

  resume(): void {
    if (this.state === 'restored') return;
    // After a stop without notice the modes are the shell's, which the reader does not know.
    this.reader.stop();
    this.state = 'open';
    this.scheduler.resume();
    this.gate.write(ALTERNATE_SCREEN + enterSequence(this.mouse));
    this.reader.start();
    this.takeSize();
    this.redraw();
  }

  restore(): void {
    if (this.state === 'restored') return;
    const before = this.state;
    this.state = 'restored';
    this.stage.stop();
    this.output.off('resize', this.handleResize);
    this.output.off('drain', this.handleResize);
    // The error listener stays: a line that is gone must not become an uncaught error now.
    try {
      this.store.dispose();
      this.screen.destroy();
    } finally {
      // blessed's own leaving would put the cursor back twice.
      this.gate.discard();
      if (before === 'open') this.leave();
      for (const emitter of [this.framing, this.resized, this.hungUp]) emitter.dispose();
    }
  }

  dispose(): void {
    this.restore();
  }

  writeRaw(sequence: string): void {
    this.raw += sequence;
    this.requestRender();
  }

  bell(): void {
    this.writeRaw(BELL);
  }

  copy(text: string): void {
    this.writeRaw(clipboardSequence(text, this.capabilities));
  }

  copyLines(text: string): void {
    this.writeRaw(clipboardLinesSequence(text, this.capabilities));
  }

  setTitle(title: string): void {
    if (title === this.title) return;
    this.writeRaw(titleSequence(title, this.title === undefined, this.capabilities));
    this.title = title;
  }

  notify(message: string): void {
    this.writeRaw(notificationSequence(message, this.capabilities));
  }

  /** Restyles by the first answer that is understood, and by no later one: a theme must not change under the eyes. */
  private askBackground(theme: ThemeChoice): void {
    const query = theme === 'auto' ? backgroundQuery(this.capabilities) : '';
    if (query === '') return;
    // After the first frame, which is kept without a question.
    this.writeRaw(query);
    const asked = this.store.add(new MutableDisposable());
    const timer = setTimeout(() => (asked.value = undefined), BACKGROUND_MS);
    const listener = this.reader.onBackground((answer) => {
      const colour = parseColour(answer);
      if (colour === undefined) return;
      asked.value = undefined;
      this.stage.restyle(this.themeOf(isLight(colour) ? 'light' : 'dark'));
    });
    asked.value = toDisposable(() => {
      clearTimeout(timer);
      listener.dispose();
    });
  }

  private draw(): number {
    // A slow line gets the newest picture when it is ready, not every one in between.
    if (this.gate.congested) return 0;
    this.drawing = true;
    try {
      this.framing.fire();
      this.takeSize();
      if (this.stage.isDirty) {
        this.stage.refresh();
        if (this.firstFrame === undefined) this.renderFirst();
        else this.screen.render();
        this.renders += 1;
      }
      this.screen.program.flush();
    } finally {
      this.drawing = false;
    }
    this.gate.write(this.raw);
    this.raw = '';
    return this.gate.send();
  }

  /** Leaves the frame out where it is on the screen already; the whole of it replaces another one. */
  private renderFirst(): void {
    this.screen.render();
    this.screen.program.flush();
    const bytes = this.gate.take();
    this.firstFrame = { ...this.size, bytes };
    // A second change to the alternate screen would save its own cursor over the one of the shell.
    if (this.shown === undefined) this.gate.write(bytes);
    else if (this.shown !== bytes) this.gate.write(bytes.replace(ENTER_ALTERNATE, ''));
  }

  /** blessed learns a new size here only, so that it changes between frames and without blinking. */
  private takeSize(): void {
    if (!this.gate.measure()) return;
    this.screen.program.cols = this.gate.columns;
    this.screen.program.rows = this.gate.rows;
    this.screen.alloc();
    this.notice.fit(this.size);
    this.backdrop.fit(this.size);
    this.resized.fire(this.size);
    this.stage.markDirty();
  }

  private leave(): void {
    this.screen.program.flush();
    const isTitled = this.title !== undefined && this.capabilities.titles;
    this.title = undefined;
    this.gate.write(isTitled ? RESTORE_SEQUENCE + RESTORE_TITLE : RESTORE_SEQUENCE);
    this.gate.sendLast(LEAVE_MS);
  }

  private readonly handleResize = (): void => this.requestRender();

  private readonly handleHangup = (): void => {
    if (this.state !== 'restored') this.hungUp.fire();
  };
}
