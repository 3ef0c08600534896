import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { typedPaths } from '../../../src/services/files/typed-path.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const { absolute, complete } = typedPaths;

describe('a typed path', () => {
  it('begins at the root or in the home folder', () => {
    const before = process.env['HOME'];
    process.env['HOME'] = '/home/o$&ps';
    try {
      expect(absolute('~/client.p12')).toBe('/home/o$&ps/client.p12');
      expect(absolute('~')).toBe('/home/o$&ps');
    } finally {
      process.env['HOME'] = before;
    }
    expect(absolute('/tmp/~/x')).toBe('/tmp/~/x');
    expect(absolute('~other/x')).toBeUndefined();
    expect(absolute('client.p12')).toBeUndefined();
  });
});

describe('the completion of a path', () => {
  const withFiles = async (): Promise<string> => {
    const folder = await temporaryFolder();
    for (const name of ['client.p12', 'client-old.p12', '.hidden', 'unique'])
      await writeFile(join(folder, name), '');
    await mkdir(join(folder, 'keys of lab'));
    return folder;
  };

  it.each([
    ['un', 'unique', []],
    ['ke', 'keys of lab/', []],
    ['cl', 'client', ['client-old.p12', 'client.p12']],
    ['.', '.hidden', []],
    ['', '', ['client-old.p12', 'client.p12', 'keys of lab/', 'unique']],
    ['none', 'none', []],
    ['none/x', 'none/x', []],
  ])('continues %j with %j', async (begun, text, choices) => {
    const folder = await withFiles();
    expect(await complete(`${folder}/${begun}`)).toEqual({ text: `${folder}/${text}`, choices });
  });

  it('leaves a relative path alone', async () => {
    expect(await complete('pack')).toEqual({ text: 'pack', choices: [] });
    expect(await complete('src/')).toEqual({ text: 'src/', choices: [] });
  });
});
