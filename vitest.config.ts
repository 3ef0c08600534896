import { configDefaults, defineConfig } from 'vitest/config';
import { SLOW_FILES } from './test/setup/slow-files.js';

/** `quick` or `slow`; a file that is named on the command line is found without it. */
const part = process.env['TEST_PART'];

export default defineConfig({
  test: {
    include: part === 'slow' ? [...SLOW_FILES] : ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(part === 'quick' ? SLOW_FILES : [])],
    reporters: ['default', './test/setup/closing-line.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A second, the default, is too short on a busy machine; what comes is not waited for any longer.
    expect: { poll: { timeout: 10_000 } },
    // Journeys drive real processes; more workers than cores only makes them miss their deadlines.
    // Slow files mostly wait: for seconds that a worker takes, or for a deadline.
    maxWorkers: part === 'slow' ? 4 : 2,
  },
});
