import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freshHome } from './home.js';

const LIMIT_MS = 120_000;

it(
  'starts the sandbox empty, together with its list, and says so',
  async () => {
    const home = await freshHome();
    await home.hasServers('lab');
    // What the full screen does with the record of a success.
    rmSync(join(home.portlama, 'operations'), { recursive: true });
    await home.endSandbox();
    const { stdout, stderr, exitCode } = await home.runs(['servers', '--sandbox']);
    expect(await home.servers()).toEqual([]);
    expect(stdout).not.toContain('lab');
    expect(stderr).toContain('The sandbox starts empty: 1 server of an earlier sandbox is gone.');
    expect(exitCode).toBe(0);
    expect((await home.runs(['servers', '--sandbox'])).stderr).toBe('');
  },
  LIMIT_MS,
);
