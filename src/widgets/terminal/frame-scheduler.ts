import type { Disposable } from '../../core/lifecycle.js';
import { monotonicMs } from '../../core/time.js';

/** Minimum interval between frames without a key press, milliseconds: at most thirty a second. */
export const FRAME_MS = 33;
/**
 * Long-term output of such frames, bytes a millisecond: the speed of a 64 kbit/s line, so that it never
 * queues before a key's answer.
 */
const BYTES_PER_MS = 8;
/** Burst allowed before that limit applies. */
const BURST_BYTES = 4_096;
/** Longest delay of such a frame, regardless of the bytes written. */
export const LONGEST_WAIT_MS = 300;
/** Minimum interval between key-triggered frames, milliseconds; bursts are coalesced. */
export const KEY_FRAME_MS = 4;

/**
 * Draws at most once a frame. The first request after a quiet while is served as soon as the
 * running code and its promises are through, so that one key's changes make one frame.
 */
export class FrameScheduler implements Disposable {
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private lastMs = -Infinity;
  /** Bytes that a line of that speed would still be busy with right after the last frame. */
  private owed = 0;
  private hurried = false;
  private stopped = false;

  constructor(
    /** Gives how many bytes it wrote. */
    private readonly draw: () => number,
    private readonly monotonic: () => number = monotonicMs,
  ) {}

  request(): void {
    if (this.stopped || this.timer !== undefined || this.immediate !== undefined) return;
    const wait = this.lastMs + (this.hurried ? KEY_FRAME_MS : this.frameMs()) - this.monotonic();
    if (wait <= 0) this.immediate = setImmediate(this.run);
    else this.timer = setTimeout(this.run, Math.ceil(wait));
  }

  /** Draws the next frame without waiting for its turn, after a key press. */
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
    const now = this.monotonic();
    const taken = (now - this.lastMs) * BYTES_PER_MS;
    this.lastMs = now;
    this.hurried = false;
    const owed = Math.max(0, this.owed - taken) + this.draw();
    this.owed = Math.min(owed, BURST_BYTES + LONGEST_WAIT_MS * BYTES_PER_MS);
  };

  /** Minimum time between frames that no key triggered. */
  private frameMs(): number {
    return Math.max(FRAME_MS, (this.owed - BURST_BYTES) / BYTES_PER_MS);
  }

  private cancel(): void {
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
    this.timer = undefined;
    this.immediate = undefined;
  }
}
