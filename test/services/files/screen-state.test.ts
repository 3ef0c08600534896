import { lstat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { screenMemory } from '../../../src/services/files/screen-state.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const SORT = { column: 'latency', descending: true };

async function memory() {
  const home = join(await temporaryFolder(), 'portlama');
  return { home, path: join(home, 'screen.json'), kept: screenMemory(home) };
}

describe('what the screens remember', () => {
  it('is there for the next start, in a private file', async () => {
    const { home, path, kept } = await memory();
    expect(await kept.read()).toEqual({});
    await kept.change({ sort: SORT });
    await kept.change({ seenAt: 1, updateSoughtAt: 2 });
    expect(await screenMemory(home).read()).toEqual({ sort: SORT, seenAt: 1, updateSoughtAt: 2 });
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
    await kept.change({ sort: undefined, seenAt: undefined, updateSoughtAt: undefined });
    expect(await screenMemory(home).read()).toEqual({});
  });

  it('is the last of several changes that were asked for at once', async () => {
    const { kept } = await memory();
    const columns = ['label', 'state', 'region'];
    await Promise.all(
      columns.map((column) => kept.change({ sort: { column, descending: false } })),
    );
    expect((await kept.read()).sort?.column).toBe('region');
  });

  it.each([
    '',
    '{',
    '[]',
    '{"sort":7}',
    '{"sort":{"column":7}}',
    '{"updateSoughtAt":"7"}',
    '\u0000',
  ])('is nothing where the file holds %j', async (content) => {
    const { path, kept } = await memory();
    await kept.change({ sort: SORT });
    await writeFile(path, content, { mode: 0o600 });
    expect(await kept.read()).toEqual({});
    await kept.change({ sort: SORT });
    expect(await kept.read()).toEqual({ sort: SORT });
  });

  it('keeps fields of a newer version', async () => {
    const { path, kept } = await memory();
    await kept.change({ sort: SORT });
    await writeFile(path, '{"theme":"light"}', { mode: 0o600 });
    await kept.change({ sort: SORT });
    expect(JSON.parse(await (await import('node:fs/promises')).readFile(path, 'utf8'))).toEqual({
      theme: 'light',
      sort: SORT,
    });
  });
});
