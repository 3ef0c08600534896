import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { firstFrame, writeThreeServers } from '../fixtures/first-frame.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

/** Budget of the first frame. Whoever needs more loads something else late: `import()` where it is used. */
const BYTES = 1_300_000;
/** Of Node.js, which takes longer to load them than the frame takes to draw. */
const LATE = ['http2', 'dns/promises', 'readline/promises', 'worker_threads'];

it('draws the list from four files, within the budget of bytes, and modules of Node.js late', async () => {
  const home = await temporaryFolder();
  await writeThreeServers(home);
  const { files, builtins } = await firstFrame(home);
  const names = files.map(({ path }) => basename(path));
  expect(names).toEqual(['main.js', 'quick.js', 'rolldown-runtime.js', 'frame.js']);
  expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(BYTES);
  expect(builtins.filter((name) => LATE.includes(name))).toEqual([]);
});
