import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { firstFrame, writeThreeServers } from '../fixtures/first-frame.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

/** Budget of the first frame. Whoever needs more loads something else late: `import()` where it is used. */
const BYTES = 985_000;
/** Of Node.js, which takes longer to load them than the frame takes to draw. */
const LATE = [
  'assert',
  'child_process',
  'crypto',
  'dgram',
  'dns/promises',
  'fs/promises',
  'http2',
  'https',
  'internal/child_process/serialization',
  'internal/fs/watchers',
  'perf_hooks',
  'readline/promises',
  'tls',
  'worker_threads',
  'zlib',
];

it('draws the list at once, from four files, within the budget of bytes, and modules of Node.js late', async () => {
  const home = await temporaryFolder();
  await writeThreeServers(home);
  const { writes, isKept, files, builtins } = await firstFrame(home, { keeps: true });
  expect(isKept).toBe(false);
  expect(writes).toBe(1);
  const names = files.map(({ path }) => basename(path));
  expect(names).toEqual(['main.js', 'quick.js', 'start.js', 'frame.js']);
  expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(BYTES);
  expect(builtins.filter((name) => LATE.includes(name))).toEqual([]);
  expect(await firstFrame(home)).toMatchObject({ isKept: true, writes: 1, intl: [] });
});
