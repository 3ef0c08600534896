import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { parseInstallerSource } from '../../../src/services/installer/installer-source.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

describe('parseInstallerSource', () => {
  it('has a default', () => {
    const spec = '@lamalibre/create-portlama';
    expect(parseInstallerSource(undefined)).toEqual({ kind: 'npm', spec });
    expect(parseInstallerSource('  ')).toEqual({ kind: 'npm', spec });
  });

  it.each([
    '@lamalibre/create-portlama',
    '@lamalibre/create-portlama@1.0.53',
    '@lamalibre/create-portlama@^1.0',
    '@lamalibre/create-portlama@next',
    '@lamalibre/create-portlama@2.0.0-beta.1',
    'create-portlama@~1',
  ])('takes %s', (spec) => {
    expect(parseInstallerSource(` ${spec} `)).toEqual({ kind: 'npm', spec });
  });

  it.each([
    'x; rm -rf /',
    'x`id`',
    'x$(id)',
    "x' 'y",
    'x y',
    'x\ny',
    '--registry=https://evil.example',
    '-g',
    '@/x',
    '@scope/',
    '@-scope/x',
    'Upper',
    'x@',
    'x@>=1 <2',
    'x@../y',
    'git+https://example.com/x.git',
    'https://example.com/x.js',
    'github:user/repo',
    'user/repo',
    'npm:x@1',
    'file:x',
    'x'.repeat(215),
    '名前',
  ])('refuses %j', (text) => {
    expect(() => parseInstallerSource(text)).toThrow(InputError);
    expect(() => parseInstallerSource(text)).toThrow(
      expect.objectContaining({ code: 'installer-invalid' }),
    );
  });

  it('takes the path of a package that is there, as absolute path', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'create-portlama-1.0.53.tgz');
    await writeFile(path, gzipSync('package'));
    expect(parseInstallerSource(path)).toEqual({ kind: 'tarball', path });
    expect(parseInstallerSource('./create-portlama-1.0.53.tgz', folder)).toEqual({
      kind: 'tarball',
      path,
    });
    expect(parseInstallerSource('create-portlama-1.0.53.tgz', folder)).toEqual({
      kind: 'tarball',
      path,
    });
  });

  it('refuses a path that is no package', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'text.tgz'), 'not packed');
    await writeFile(join(folder, 'empty.tgz'), '');
    await writeFile(join(folder, 'packed.zip'), gzipSync('package'));
    for (const [path, why] of [
      ['./missing.tgz', 'cannot be read'],
      ['./text.tgz', 'is not a packed package'],
      ['./empty.tgz', 'is not a packed package'],
      ['./packed.zip', 'does not end in .tgz'],
      ['.', 'does not end in .tgz'],
    ]) {
      expect(() => parseInstallerSource(path, folder)).toThrow(
        expect.objectContaining({
          code: 'installer-missing',
          message: expect.stringContaining(why!) as string,
        }),
      );
    }
  });
});
