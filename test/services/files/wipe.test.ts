import { link, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { wipeFile } from '../../../src/services/files/wipe.js';
import { wipeServerFile, writeServerFile } from '../../../src/services/registry/server-files.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

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
