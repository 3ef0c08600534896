import { type Clock, systemClock } from '../../src/core/time.js';

/** Time that passes so many times faster for whoever asks it, waits and deadlines alike. */
export function hastyClock(factor: number): Clock {
  const epoch = systemClock.now();
  const start = systemClock.monotonic();
  const passed = (): number => (systemClock.monotonic() - start) * factor;
  return {
    now: () => epoch + passed(),
    monotonic: () => start + passed(),
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}
