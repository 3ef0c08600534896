import {
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  asFileError,
  FileError,
  makePrivateFolder,
  removeAbandoned,
  replaceFile,
  temporaryBeside,
  wipeFile,
  writeFileAtomic,
  writeNewFile,
} from '../../../src/services/files/atomic.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { wipeServerFile, writeServerFile } from '../../../src/services/registry/server-files.js';

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

describe('temporary files', () => {
  it('are removed when their process is gone, and nothing else is', async () => {
    const folder = await temporaryFolder();
    const own = temporaryBeside(join(folder, 'servers.json'));
    const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
    const pid = Number(stdout).toString(16).padStart(8, '0');
    const dead = `.servers.json.${pid}0123456789ab.tmp`;
    const others = [basename(own), `servers.json.${pid}0123456789ab.tmp`, '.servers.json.tmp'];
    for (const name of [dead, ...others]) await writeFile(join(folder, name), '');
    // Of a probe that was cut off.
    const deadFolder = join(folder, `.probe.${pid}0123456789ab.tmp`);
    await mkdir(deadFolder);
    await writeFile(join(deadFolder, 'client.p12'), '');
    await removeAbandoned(folder);
    expect((await readdir(folder)).sort()).toEqual(others.sort());
  });

  it('of a process in another pid namespace stay while it may be at work', async () => {
    const folder = await temporaryFolder();
    const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
    const pid = Number(stdout).toString(16).padStart(8, '0');
    const fresh = `.servers.json.${pid}00c0ffee0123456789ab.tmp`;
    const old = `.servers.json.${pid}00c0ffeeba9876543210.tmp`;
    for (const name of [fresh, old]) await writeFile(join(folder, name), '');
    const aMinuteAgo = new Date(Date.now() - 61_000);
    await utimes(join(folder, old), aMinuteAgo, aMinuteAgo);
    await removeAbandoned(folder);
    expect(await readdir(folder)).toEqual([fresh]);
  });

  it('are looked for in vain where there is no folder', async () => {
    await expect(removeAbandoned(join(await temporaryFolder(), 'none'))).resolves.toBeUndefined();
  });
});

it('a wiped file is gone, and zeros wherever else its bytes are reached', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'client.p12');
  await writeFile(path, 'certificate');
  await link(path, join(folder, 'other-name'));
  await wipeFile(path);
  expect(await readdir(folder)).toEqual(['other-name']);
  expect(await readFile(join(folder, 'other-name'))).toEqual(Buffer.alloc('certificate'.length));
  await wipeFile(path);
});

it('nothing is wiped through a symbolic link in the place of a server’s file', async () => {
  const [home, elsewhere] = await Promise.all([temporaryFolder(), temporaryFolder()]);
  const precious = join(elsewhere, 'precious');
  await writeFile(precious, 'kept');
  await writeServerFile(home, 'one', 'panel.pem', '');
  await symlink(precious, join(home, 'servers', 'one', 'client.p12'));
  const refused = wipeServerFile(home, 'one', 'client.p12');
  await expect(refused).rejects.toMatchObject({ code: 'symbolic-link' });
  expect(await readFile(precious, 'utf8')).toBe('kept');
});
