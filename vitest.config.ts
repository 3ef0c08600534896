import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/setup/longest-first.js';
import { SLOW_FILES } from './test/setup/slow-files.js';

/** `quick` or `slow`; a file that is named on the command line is found without it. */
const part = process.env['TEST_PART'];

const FILES = readdirSync(import.meta.dirname + '/test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/${name}`)
  .filter((file) => part === undefined || SLOW_FILES.includes(file) === (part === 'slow'));

/** Places of tests that change nothing of their process: a worker loads the sources once for all of them. */
const SHARED =
  /^test\/(app|contract|core|properties|screens|setup|usecases|widgets|words|services\/(accounts|browser|digitalocean|files|health|latency|log|network|panel|pkcs12|registry|ssh))\//;

export default defineConfig({
  test: {
    reporters: ['default', './test/setup/closing-line.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // A second, the default, is too short on a busy machine; what comes is not waited for any longer.
    expect: { poll: { timeout: 10_000 } },
    // For two cores: a file of programs waits for them half of its time, slow files for most of theirs.
    maxWorkers: part === 'slow' ? 4 : 3,
    // The two projects, and the runs of CI after the first, take what was compiled before.
    experimental: { fsModuleCache: true },
    sequence: { sequencer: LongestFirst },
    projects: [
      project('apart', { isolate: true, include: FILES.filter((file) => !isShared(file)) }),
      project('shared', { isolate: false, include: FILES.filter(isShared) }),
    ].filter(({ test }) => test.include.length > 0),
  },
});

function project<T extends object>(name: string, test: T) {
  return { extends: true as const, test: { ...test, name } };
}

function isShared(file: string): boolean {
  return SHARED.test(file) && !SLOW_FILES.includes(file);
}
