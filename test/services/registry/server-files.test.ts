import { lstat, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  readHostKey,
  readServerFile,
  readServerP12,
  removeServerFiles,
  serverFolder,
  writeServerFile,
} from '../../../src/services/registry/server-files.js';
import { generateSshKeyPair } from '../../../src/services/ssh/keys.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const ID = '3f1f0c52-3c3f-4e0e-9b59-3c7f1f3f0a11';

describe('the files of a server', () => {
  it('are private, read back, and removed together', async () => {
    const home = join(await temporaryFolder(), 'home');
    expect(await readServerFile(home, ID, 'client.p12')).toBeUndefined();
    const path = await writeServerFile(home, ID, 'client.p12', Buffer.from([1, 2, 3]));
    await writeServerFile(home, ID, 'panel.pem', 'PEM');
    expect(path).toBe(join(home, 'servers', ID, 'client.p12'));
    expect(await readServerFile(home, ID, 'client.p12')).toEqual(Buffer.from([1, 2, 3]));
    for (const folder of [home, join(home, 'servers'), serverFolder(home, ID)]) {
      expect((await lstat(folder)).mode & 0o777).toBe(0o700);
    }
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
    expect(await removeServerFiles(home, ID)).toBe(true);
    expect(await removeServerFiles(home, ID)).toBe(false);
    expect(await readServerFile(home, ID, 'panel.pem')).toBeUndefined();
  });

  it('have a host key only where the whole key is in the file', async () => {
    const home = join(await temporaryFolder(), 'home');
    const { publicKey } = generateSshKeyPair('root@edge');
    const [type, key] = publicKey.split(' ');
    const keep = (text: string): Promise<string> => writeServerFile(home, ID, 'host-key.pub', text);
    expect(await readHostKey(home, ID)).toBeUndefined();
    await keep(`${publicKey}\n`);
    expect(await readHostKey(home, ID)).toBe(`${type} ${key}`);
    for (const damaged of ['', '\0\0\0', publicKey.slice(0, 40), `x${publicKey}`]) {
      await keep(damaged);
      expect(await readHostKey(home, ID)).toBeUndefined();
    }
  });

  it.each(['..', '../x', 'a/b', '', '.', 'x\0', '-rf', 'x'.repeat(200)])(
    'have no place for the id %j',
    (id) => {
      expect(() => serverFolder('/home/x/.portlama', id)).toThrow('cannot name a folder');
    },
  );

  it('are not reached through symbolic links', async () => {
    const home = await temporaryFolder();
    const target = join(home, 'target');
    await mkdir(target);
    await writeFile(join(target, 'client.p12'), 'secret');
    await mkdir(join(home, 'servers'));
    await symlink(target, serverFolder(home, ID));
    const refused = { code: 'symbolic-link' };
    await expect(readServerFile(home, ID, 'client.p12')).rejects.toMatchObject(refused);
    await expect(writeServerFile(home, ID, 'panel.pem', 'x')).rejects.toMatchObject(refused);
    await expect(removeServerFiles(home, ID)).rejects.toMatchObject(refused);
    expect((await lstat(join(target, 'client.p12'))).size).toBe(6);
  });

  it('are not removed through a symbolic link in the place of their parent', async () => {
    const home = await temporaryFolder();
    const target = join(home, 'target');
    await mkdir(join(target, ID), { recursive: true });
    await symlink(target, join(home, 'servers'));
    await expect(removeServerFiles(home, ID)).rejects.toMatchObject({ code: 'symbolic-link' });
    expect((await lstat(join(target, ID))).isDirectory()).toBe(true);
  });

  it('include the certificate where the entry says that it is', async () => {
    const home = await temporaryFolder();
    const p12Path = join(home, 'elsewhere.p12');
    await writeFile(p12Path, 'there');
    expect((await readServerP12(home, { id: ID, p12Path }))?.toString()).toBe('there');
    await writeServerFile(home, ID, 'client.p12', 'here');
    expect((await readServerP12(home, { id: ID }))?.toString()).toBe('here');
  });
});
