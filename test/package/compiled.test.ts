import { chmodSync, chownSync, renameSync, symlinkSync } from 'node:fs';
import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Compiled, runCompiled } from '../../src/main/compiled.js';
import { keepCompiled } from '../../src/main/keep-compiled.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const SOURCE = 'exports.sum = (one, other) => one + other; exports.three = exports.sum(1, 2);';
const NOBODY = 65_534;

/** A file to run, and a private home folder for what is compiled of it. */
class Place {
  private constructor(
    readonly file: string,
    readonly home: string,
  ) {}

  static async make(): Promise<Place> {
    const folder = await temporaryFolder();
    const [file, home] = [join(folder, 'sum.js'), join(folder, 'home')];
    await writeFile(file, SOURCE);
    await mkdir(home, { mode: 0o700 });
    return new Place(file, home);
  }

  get cache(): string {
    return join(this.home, 'cache');
  }

  get code(): string {
    return join(this.cache, 'frame.code');
  }

  run(): Compiled {
    return runCompiled(this.file, this.home);
  }

  /** Was the code used that is kept there? */
  get isUsed(): boolean {
    return this.run().isKept;
  }

  async keep(): Promise<void> {
    await keepCompiled(this.run());
  }
}

async function kept(): Promise<Place> {
  const place = await Place.make();
  await place.keep();
  expect(place.isUsed).toBe(true);
  return place;
}

it('is private, and replaced only when it was not used', async () => {
  const place = await kept();
  expect((await lstat(place.cache)).mode & 0o777).toBe(0o700);
  const before = await lstat(place.code);
  expect(before.mode & 0o777).toBe(0o600);
  await place.keep();
  expect((await lstat(place.code)).ino).toBe(before.ino);
});

it.each([
  ['cut off', (code: Buffer) => code.subarray(0, code.length - 9)],
  [
    'changed in one bit',
    (code: Buffer) => Buffer.from(code.map((byte, at) => byte ^ +(at === code.length - 99))),
  ],
  ['without its head', (code: Buffer) => code.subarray(code.indexOf('\n') + 1)],
  ['of another Node.js', (code: Buffer) => replaced(code, process.version, 'v20.19.0-other')],
  ['empty', () => Buffer.alloc(0)],
])('is not used when it is %s, and then replaced', async (_, damage) => {
  const place = await kept();
  await writeFile(place.code, damage(await readFile(place.code)));
  expect(place.isUsed).toBe(false);
  await place.keep();
  expect(place.isUsed).toBe(true);
});

it('is not used for another text, of the same length too, and then replaced', async () => {
  const place = await kept();
  await writeFile(place.file, SOURCE.replace('one + other', 'one * other'));
  expect(place.isUsed).toBe(false);
  await place.keep();
  expect(place.isUsed).toBe(true);
});

it.each<[string, (place: Place) => void]>([
  ['others may read the folder', ({ cache }) => chmodSync(cache, 0o750)],
  ['others may read the file', ({ code }) => chmodSync(code, 0o640)],
  ['others may write to the home folder', ({ home }) => chmodSync(home, 0o770)],
  ['the folder is a link', ({ cache }) => throughLink(cache)],
  ['the file is a link', ({ code }) => throughLink(code)],
  ['the home folder is a link', ({ home }) => throughLink(home)],
  ['others may write above the home folder', ({ home }) => chmodSync(join(home, '..'), 0o777)],
])('is not used where %s', async (_, spoil) => {
  const place = await kept();
  spoil(place);
  expect(place.isUsed).toBe(false);
  await place.keep();
});

it.skipIf(process.getuid?.() !== 0)('is not used when another user put it there', async () => {
  for (const part of ['code', 'cache', 'home'] as const) {
    const place = await kept();
    chownSync(place[part], NOBODY, NOBODY);
    expect({ part, isUsed: place.isUsed }).toEqual({ part, isUsed: false });
  }
});

it('is not kept where there is no home folder, or no place for it', async () => {
  const place = await Place.make();
  await keepCompiled(runCompiled(place.file, join(place.home, 'none')));
  await expect(lstat(join(place.home, 'none'))).rejects.toThrow('ENOENT');
  await writeFile(place.cache, 'a file');
  await place.keep();
  expect(await readFile(place.cache, 'utf8')).toBe('a file');
  expect(place.isUsed).toBe(false);
});

function replaced(code: Buffer, before: string, after: string): Buffer {
  const head = code.subarray(0, code.indexOf('\n')).toString().replace(before, after);
  return Buffer.concat([Buffer.from(head), code.subarray(code.indexOf('\n'))]);
}

function throughLink(path: string): void {
  renameSync(path, `${path}.real`);
  symlinkSync(`${path}.real`, path);
}
