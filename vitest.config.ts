import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/setup/closing-line.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A second, the default, is too short on a busy machine; what comes is not waited for any longer.
    expect: { poll: { timeout: 10_000 } },
    // Journeys drive real processes; more workers than cores only makes them miss their deadlines.
    maxWorkers: 2,
  },
});
