import type { Disposable } from '../../core/lifecycle.js';

/** At most thirty frames a second of what happens by itself. */
export const FRAME_MS = 33;
/** What a key made is not drawn more often than this: only of a flood of keys are some passed over. */
export const KEY_FRAME_MS = 4;

/**
 * Draws at most once a frame. The first request after a quiet while is served as soon as the
 * running code and its promises are through, so that one key's changes make one frame.
 */
export class FrameScheduler implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private lastMs = -Infinity;
  private hurried = false;
  private stopped = false;

  constructor(
    private readonly draw: () => void,
    private readonly monotonic: () => number = () => performance.now(),
  ) {}

  request(): void {
    if (this.stopped || this.timer !== undefined || this.immediate !== undefined) return;
    const wait = this.lastMs + (this.hurried ? KEY_FRAME_MS : FRAME_MS) - this.monotonic();
    if (wait <= 0) this.immediate = setImmediate(this.run);
    else this.timer = setTimeout(this.run, Math.ceil(wait));
  }

  /** Somebody pressed a key and looks for what comes of it: the next frame does not wait for its turn. */
  hurry(): void {
    this.hurried = true;
    if (this.timer === undefined) return;
    this.cancel();
    this.request();
  }

  /** Draws now, in place of what was requested. */
  flush(): void {
    this.cancel();
    if (!this.stopped) this.run();
  }

  pause(): void {
    this.stopped = true;
    this.cancel();
  }

  resume(): void {
    this.stopped = false;
  }

  dispose(): void {
    this.pause();
  }

  private readonly run = (): void => {
    this.cancel();
    // The frame is counted from its start: drawing time is part of it.
    this.lastMs = this.monotonic();
    this.hurried = false;
    this.draw();
  };

  private cancel(): void {
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
    this.timer = undefined;
    this.immediate = undefined;
  }
}
