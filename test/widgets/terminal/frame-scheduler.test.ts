import { expect, it, onTestFinished, vi } from 'vitest';
import {
  FRAME_MS,
  FrameScheduler,
  KEY_FRAME_MS,
  LONGEST_WAIT_MS,
} from '../../../src/widgets/terminal/frame-scheduler.js';

const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('draws once for everything that is asked for in one go, without delay', async () => {
  let drawn = 0;
  const scheduler = new FrameScheduler(() => {
    drawn += 1;
    return 0;
  });
  for (let index = 0; index < 1_000; index += 1) scheduler.request();
  await Promise.resolve().then(() => scheduler.request());
  await immediate();
  await immediate();
  expect(drawn).toBe(1);
  scheduler.dispose();
});

/** A scheduler whose frames write so many bytes each, on a clock of its own; and how long it waits with the next one. */
function schedulerOf(bytes: number) {
  // On a slow machine a real timer would be there before this clock.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let [drawn, now] = [0, 1_000];
  const scheduler = new FrameScheduler(
    () => {
      drawn += 1;
      return bytes;
    },
    () => now,
  );
  onTestFinished(() => scheduler.dispose());
  const nextAfterMs = async (): Promise<number> => {
    const before = drawn;
    for (let passed = 0; passed <= 1_000; passed += 1, now += 1) {
      scheduler.request();
      await immediate();
      if (drawn > before) return passed;
      // Forgets the timer.
      scheduler.pause();
      scheduler.resume();
    }
    throw new Error('it never drew');
  };
  return { scheduler, nextAfterMs, frames: () => drawn, pass: (ms: number) => (now += ms) };
}

it.each([
  { bytes: 30, longRun: FRAME_MS },
  { bytes: 2_000, longRun: 250 },
  { bytes: 50_000, longRun: LONGEST_WAIT_MS },
])('draws at most once a frame: $longRun ms apart with $bytes bytes each', async (example) => {
  const { nextAfterMs } = schedulerOf(example.bytes);
  expect(await nextAfterMs()).toBe(0);
  const waits: number[] = [];
  for (let frame = 0; frame < 8; frame += 1) waits.push(await nextAfterMs());
  for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(FRAME_MS);
  expect(waits.at(-1)).toBe(example.longRun);
});

it('gives a large frame or two no extra time', async () => {
  const { nextAfterMs } = schedulerOf(2_000);
  await nextAfterMs();
  expect(await nextAfterMs()).toBeLessThanOrEqual(FRAME_MS);
});

it('does not let a key wait for the frame that is due later, nor draws all of a flood of keys', async () => {
  const { scheduler, frames, pass } = schedulerOf(50_000);
  scheduler.request();
  await immediate();
  pass(KEY_FRAME_MS);
  // An event, whose frame is put off; then a key.
  scheduler.request();
  await immediate();
  expect(frames()).toBe(1);
  scheduler.hurry();
  await immediate();
  expect(frames()).toBe(2);
  scheduler.hurry();
  scheduler.request();
  await immediate();
  expect(frames()).toBe(2);
});

it('draws at once when told to, and not a second time for what was asked before', async () => {
  let drawn = 0;
  const scheduler = new FrameScheduler(() => {
    drawn += 1;
    return 0;
  });
  scheduler.request();
  scheduler.flush();
  await immediate();
  expect(drawn).toBe(1);
  scheduler.pause();
  scheduler.request();
  scheduler.flush();
  await immediate();
  expect(drawn).toBe(1);
  scheduler.resume();
  scheduler.flush();
  expect(drawn).toBe(2);
  scheduler.dispose();
});
