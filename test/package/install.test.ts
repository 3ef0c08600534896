import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import { Installed, packInto, tryOut } from './installed.js';

const LIMIT_MS = 240_000;
const MAX_PACKED_BYTES = 3_000_000;
const MAX_INSTALLED_BYTES = 12_000_000;

it(
  'is packed the same twice, small, without a script, is installed, and works',
  async () => {
    const installed = await Installed.make();
    const packed = await readFile(installed.tarball);
    const other = await packInto(await temporaryFolder());
    const hash = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
    expect(hash(packed)).toBe(hash(await readFile(other)));
    expect(packed.byteLength).toBeLessThan(MAX_PACKED_BYTES);
    const manifest = JSON.parse(
      await readFile(join(installed.packageFolder, 'package.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect(Object.keys(manifest)).not.toContain('scripts');
    expect(Object.keys(manifest)).not.toContain('dependencies');
    const { packages, bytes } = await installed.measure();
    expect(packages.filter((name) => !['keytar', 'node-addon-api'].includes(name))).toEqual([]);
    expect(bytes).toBeLessThan(MAX_INSTALLED_BYTES);
    const notices = await readFile(
      join(installed.packageFolder, 'dist/THIRD-PARTY-NOTICES.txt'),
      'utf8',
    );
    expect(notices).toMatch(/^neo-blessed \d/m);
    expect(await readFile(installed.manualPage, 'utf8')).toMatch(/^\.TH PORTLAMA-TUI 1 /);
    await tryOut(installed);
  },
  LIMIT_MS,
);
