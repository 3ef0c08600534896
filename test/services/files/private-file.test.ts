import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPrivateFile } from '../../../src/services/files/private-file.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const MAX_BYTES = 1024 * 1024;

describe('reading a private file', () => {
  it('gives all of it up to a megabyte; what is larger is refused unread', async () => {
    const path = join(await temporaryFolder(), 'file');
    await writeFile(path, '');
    await truncate(path, MAX_BYTES);
    expect(await readPrivateFile(path)).toHaveLength(MAX_BYTES);
    await truncate(path, MAX_BYTES + 1);
    await expect(readPrivateFile(path)).rejects.toMatchObject({ code: 'file-unexpected' });
  });

  it('refuses a symbolic link and a folder, and gives nothing where there is none', async () => {
    const folder = await temporaryFolder();
    const [file, link, other] = ['file', 'link', 'other'].map((name) => join(folder, name));
    expect(await readPrivateFile(file!)).toBeUndefined();
    await writeFile(file!, 'secret');
    await symlink(file!, link!);
    await expect(readPrivateFile(link!)).rejects.toMatchObject({ code: 'symbolic-link' });
    await mkdir(other!);
    await expect(readPrivateFile(other!)).rejects.toMatchObject({ code: 'file-unexpected' });
  });
});
