import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  asFileError,
  FileError,
  makePrivateFolder,
  replaceFile,
  writeFileAtomic,
  writeNewFile,
} from '../../../src/services/files/atomic.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const modeOf = async (path: string): Promise<number> => (await lstat(path)).mode & 0o777;

describe('replacing a file', () => {
  it('gives a private one whatever the old one was, and leaves nothing else behind', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'file');
    await writeFile(path, 'old', { mode: 0o644 });
    await writeFileAtomic(path, 'new');
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await modeOf(path)).toBe(0o600);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('keeps the old one when it is no longer wanted, and when asking fails', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'file');
    await writeFile(path, 'old');
    expect(await replaceFile(path, 'new', () => false)).toBe(false);
    const asking = replaceFile(path, 'new', () => {
      throw new Error('planned');
    });
    await expect(asking).rejects.toThrow('planned');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('is not done through a symbolic link, nor is a folder made through one', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'target'));
    await symlink(join(folder, 'target'), join(folder, 'link'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'dangling'));
    const refused = { code: 'symbolic-link' };
    await expect(makePrivateFolder(join(folder, 'link'))).rejects.toMatchObject(refused);
    await expect(writeFileAtomic(join(folder, 'dangling'), 'x')).rejects.toMatchObject(refused);
    expect((await readdir(folder)).sort()).toEqual(['dangling', 'link', 'target']);
  });
});

describe('a new file or folder', () => {
  it('is private even without a umask', async () => {
    // Each test file has a process of its own here, so nobody else notices.
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const folder = join(await temporaryFolder(), 'a', 'b');
    await makePrivateFolder(folder);
    await writeNewFile(join(folder, 'file'), 'x');
    expect(await modeOf(join(folder, '..'))).toBe(0o700);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await modeOf(join(folder, 'file'))).toBe(0o600);
  });

  it('never takes the place of one that is there', async () => {
    const path = join(await temporaryFolder(), 'file');
    await writeFile(path, 'old');
    await expect(writeNewFile(path, 'new')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(path, 'utf8')).toBe('old');
  });
});

describe('an error of the system', () => {
  it('says what a person can do, when it is one of those', () => {
    const full = Object.assign(new Error('x'), { code: 'ENOSPC' });
    const error = asFileError(full, '/home/x/file');
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ code: 'file-enospc', cause: full });
    const other = new Error('other');
    expect(asFileError(other, '/x')).toBe(other);
  });
});
