import { chmod, chown, lchown, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  readPrivateFile,
  readSmallFile,
  requirePrivateHome,
} from '../../../src/services/files/private-file.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { readRecipient, vaultPlace } from '../../../src/services/keystore/vault-files.js';

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

const uid = process.getuid?.() ?? 0;
const isRoot = uid === 0;
const OTHER = 12_345;

/** A home folder with what is usually in it, below a folder whose name a shell would take apart. */
async function madeHome(): Promise<{ readonly above: string; readonly home: string }> {
  const above = join(await temporaryFolder(), "it's above");
  const home = join(above, 'home');
  await mkdir(join(home, 'vault'), { recursive: true, mode: 0o700 });
  await writeFile(join(home, 'servers.json'), '[]', { mode: 0o600 });
  await writeFile(join(home, 'vault.age'), 'age-encryption.org/v1\n-> scrypt x 18\n', {
    mode: 0o600,
  });
  await writeFile(join(home, 'vault', 'recipient.txt'), `age1${'q'.repeat(58)}\n`, { mode: 0o600 });
  return { above, home };
}

describe('a home folder that is ours alone', () => {
  it('is accepted, also where others may read, and where it is not there yet', async () => {
    const { home } = await madeHome();
    await requirePrivateHome(home);
    await chmod(home, 0o755);
    await chmod(join(home, 'servers.json'), 0o644);
    await requirePrivateHome(home);
    await requirePrivateHome(join(home, 'not', 'there'));
  });

  it('may be below a folder in which only owners rename, and behind a link of ours', async () => {
    const { above, home } = await madeHome();
    await chmod(above, 0o1777);
    await requirePrivateHome(home);
    const link = join(await temporaryFolder(), 'link');
    await symlink(above, link);
    await requirePrivateHome(join(link, 'home'));
  });
});

describe('a home folder that others may write to', () => {
  it.each([
    ['', 0o777],
    ['', 0o770],
    ['servers.json', 0o666],
    ['vault.age', 0o620],
    ['vault', 0o777],
  ])('is refused with the command that mends it: %j with mode %i', async (name, mode) => {
    const { home } = await madeHome();
    await chmod(join(home, name), mode);
    await expect(requirePrivateHome(home)).rejects.toMatchObject({
      code: 'home-shared',
      message: expect.stringContaining(`(mode 0${mode.toString(8)})`) as string,
      hint: `If nobody has, run: chmod -R go= '${home.replace("'", "'\\''")}'`,
    });
  });

  it('is refused for a folder above it', async () => {
    const { above, home } = await madeHome();
    await chmod(above, 0o777);
    const refusal = {
      code: 'home-shared',
      hint: `If nobody has, run: chmod go-w '${above.replace("'", "'\\''")}'`,
    };
    await expect(requirePrivateHome(home)).rejects.toMatchObject(refusal);
    await expect(requirePrivateHome(join(above, 'not', 'there'))).rejects.toMatchObject(refusal);
    const link = join(await temporaryFolder(), 'link');
    await symlink(above, link);
    await expect(requirePrivateHome(join(link, 'home'))).rejects.toMatchObject(refusal);
  });

  it('is refused for the folder that a link on the way is in', async () => {
    const { above } = await madeHome();
    const links = join(await temporaryFolder(), 'links');
    await mkdir(links);
    await symlink(above, join(links, 'link'));
    await chmod(links, 0o777);
    await expect(requirePrivateHome(join(links, 'link', 'home'))).rejects.toMatchObject({
      code: 'home-shared',
    });
  });
});

describe.skipIf(!isRoot)('a home folder of another user', () => {
  it.each(['', 'servers.json', 'vault.age', 'vault'])('is refused: %j', async (name) => {
    const { home } = await madeHome();
    await chown(join(home, name), OTHER, OTHER);
    await expect(requirePrivateHome(home)).rejects.toMatchObject({
      code: 'home-not-own',
      message: `${join(home, name)} belongs to another user (uid ${OTHER}), who could replace what is kept there.`,
      hint: expect.stringContaining(`chown -R 0 '${home.replace("'", "'\\''")}'`) as string,
    });
  });

  it('is refused for a folder or a link above it', async () => {
    const { above, home } = await madeHome();
    const link = join(await temporaryFolder(), 'link');
    await symlink(above, link);
    await lchown(link, OTHER, OTHER);
    await expect(requirePrivateHome(join(link, 'home'))).rejects.toMatchObject({
      code: 'home-not-own',
    });
    await chown(above, OTHER, OTHER);
    await expect(requirePrivateHome(home)).rejects.toMatchObject({
      code: 'home-not-own',
      message: expect.stringContaining(above) as string,
    });
  });
});

describe('a file that is read as ours', () => {
  it('is refused when others may write it: the recipient that secrets are encrypted to', async () => {
    const { home } = await madeHome();
    const { recipientPath } = vaultPlace(home);
    await expect(readRecipient(vaultPlace(home))).resolves.toMatch(/^age1/);
    await chmod(recipientPath, 0o666);
    await expect(readRecipient(vaultPlace(home))).rejects.toMatchObject({ code: 'home-shared' });
    await expect(readSmallFile(recipientPath)).resolves.toBeDefined();
  });

  it.skipIf(!isRoot)('is refused when it is another user’s', async () => {
    const { home } = await madeHome();
    const { recipientPath } = vaultPlace(home);
    await chown(recipientPath, OTHER, OTHER);
    await expect(readRecipient(vaultPlace(home))).rejects.toMatchObject({ code: 'home-not-own' });
    await expect(readPrivateFile(recipientPath)).rejects.toMatchObject({ code: 'home-not-own' });
  });
});
