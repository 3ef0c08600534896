import { expect } from 'vitest';

/** Expects of a value that becomes right some time: `await eventually(() => x).toBe(1)`. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  // Generous, since other work may have the processors.
  return expect.poll(read, { timeout: 25_000 });
}
