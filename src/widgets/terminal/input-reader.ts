import { Emitter } from '../../core/event.js';
import type { Disposable } from '../../core/lifecycle.js';
import type { InputEvent, Key, Mouse } from './keys.js';
import { InputFilter } from './input-filter.js';

/** Subset of process.stdin in use; a pass-through stream is enough. */
export interface TerminalInput {
  readonly isTTY?: boolean | undefined;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  off(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end' | 'error', listener: () => void): unknown;
  off(event: 'end' | 'error', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** Bytes of the longest key: what is pasted comes in larger pieces. */
const KEY_LENGTH_MAX = 8;

/** The one listener on the keyboard: raw mode while it is started, filtered events out. */
export class InputReader implements Disposable {
  private readonly key = new Emitter<Key>();
  private readonly paste = new Emitter<string>();
  private readonly mouse = new Emitter<Mouse>();
  private readonly focus = new Emitter<boolean>();
  private readonly background = new Emitter<string>();
  private readonly end = new Emitter<void>();
  private filter = new InputFilter();
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private started = false;

  readonly onKey = this.key.event;
  readonly onPaste = this.paste.event;
  readonly onMouse = this.mouse.event;
  readonly onFocus = this.focus.event;
  /** The terminal told its background, asked or not. */
  readonly onBackground = this.background.event;
  /** The input ended. */
  readonly onEnd = this.end.event;

  constructor(private readonly input: TerminalInput) {}

  start(): void {
    if (this.started) return;
    this.started = true;
    this.filter = new InputFilter();
    this.input.setRawMode?.(true);
    this.input.on('data', this.handleData);
    this.input.on('end', this.handleEnd);
    this.input.on('error', this.handleEnd);
    this.input.resume();
  }

  /** Back to lines with echo. Safe to call again. */
  stop(): void {
    if (!this.started) return;
    this.started = false;
    this.stopWaiting();
    this.input.off('data', this.handleData);
    this.input.off('end', this.handleEnd);
    this.input.off('error', this.handleEnd);
    this.input.pause();
    try {
      this.input.setRawMode?.(false);
    } catch {
      // Ignore a lost terminal (EIO, EBADF): its modes no longer matter.
    }
  }

  dispose(): void {
    this.stop();
    for (const emitter of [this.key, this.paste, this.mouse, this.focus, this.background, this.end])
      emitter.dispose();
  }

  private readonly handleData = (chunk: Buffer): void => {
    const wasHolding = this.filter.isHolding;
    const events = this.filter.feed(chunk);
    // Whoever types on, or holds a key down, after a paste makes no pause.
    const isTyped = wasHolding && this.filter.isHolding && chunk.length <= KEY_LENGTH_MAX;
    if (isTyped) this.deliver(events);
    else {
      this.stopWaiting();
      this.deliverAndWait(events);
    }
  };

  /** After a busy while the rest may be here already, unread: reading comes before immediates. */
  private readonly handleSilence = (): void => {
    this.immediate = setImmediate(() => this.deliverAndWait(this.filter.flush()));
  };

  private deliverAndWait(events: readonly InputEvent[]): void {
    // Start the timer first: handling the events may take long, and waiting begins now.
    const { waitMs } = this.filter;
    if (waitMs !== undefined) this.timer = setTimeout(this.handleSilence, waitMs);
    this.deliver(events);
  }

  private stopWaiting(): void {
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
  }

  private readonly handleEnd = (): void => this.end.fire();

  private deliver(events: readonly InputEvent[]): void {
    for (const event of events) {
      if (!this.started) return;
      switch (event.type) {
        case 'key':
          this.key.fire(event.key);
          break;
        case 'paste':
          this.paste.fire(event.text);
          break;
        case 'mouse':
          this.mouse.fire(event.mouse);
          break;
        case 'focus':
          this.focus.fire(event.focused);
          break;
        case 'background':
          this.background.fire(event.colour);
          break;
      }
    }
  }
}
