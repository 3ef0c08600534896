import type { Disposable } from '../../core/lifecycle.js';

/** At most thirty frames a second. */
export const FRAME_MS = 33;

/**
 * Draws at most once a frame. The first request after a quiet while is served as soon as the
 * running code and its promises are through, so that one key's changes make one frame.
 */
export class FrameScheduler implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private lastMs = -Infinity;
  private stopped = false;

  constructor(
    private readonly draw: () => void,
    private readonly monotonic: () => number = () => performance.now(),
  ) {}

  request(): void {
    if (this.stopped || this.timer !== undefined || this.immediate !== undefined) return;
    const wait = this.lastMs + FRAME_MS - this.monotonic();
    if (wait <= 0) this.immediate = setImmediate(this.run);
    else this.timer = setTimeout(this.run, Math.ceil(wait));
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
    this.draw();
  };

  private cancel(): void {
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
    this.timer = undefined;
    this.immediate = undefined;
  }
}
