import { expect, it } from 'vitest';
import { FRAME_MS, FrameScheduler } from '../../../src/widgets/terminal/frame-scheduler.js';

const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('draws once for everything that is asked for in one go, without delay', async () => {
  let drawn = 0;
  const scheduler = new FrameScheduler(() => {
    drawn += 1;
  });
  for (let index = 0; index < 1_000; index += 1) scheduler.request();
  await Promise.resolve().then(() => scheduler.request());
  await immediate();
  await immediate();
  expect(drawn).toBe(1);
  scheduler.dispose();
});

it('draws at most once a frame', async () => {
  let [drawn, now] = [0, 1_000];
  const frames: number[] = [];
  const scheduler = new FrameScheduler(
    () => {
      drawn += 1;
      frames.push(now);
    },
    () => now,
  );
  for (; now < 2_000; now += 1) {
    scheduler.request();
    await immediate();
  }
  // With time standing still a timer does not fire early: only the first one came at once.
  expect(drawn).toBeGreaterThanOrEqual(1);
  frames
    .slice(1)
    .forEach((at, index) => expect(at - frames[index]!).toBeGreaterThanOrEqual(FRAME_MS));
  scheduler.dispose();
});

it('draws at once when told to, and not a second time for what was asked before', async () => {
  let drawn = 0;
  const scheduler = new FrameScheduler(() => {
    drawn += 1;
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
