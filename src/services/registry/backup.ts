import { link, lstat, readdir, readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { shellWord } from '../../core/shell-word.js';
import type { Clock } from '../../core/time.js';
import { writeFileAtomic } from '../files/atomic.js';
import { decodeText } from '../files/decode.js';
import { withLockFile } from '../files/lock-file.js';
import { parseDocument } from './document.js';
import { RegistryError } from './registry.js';

/** Name of the copy of servers.json from before this program's last change. */
export const BACKUP_NAME = 'servers.json.bak';

/** Gives the way out for a servers.json that does not parse. */
export async function backupHint(path: string): Promise<string> {
  const backup = await findNewestBackup(path);
  if (backup === undefined) return `Correct the file, or move it away to start with an empty list.`;
  return `Correct the file, or start from the backup: cp ${shellWord(backup)} ${shellWord(path)}`;
}

/** The newest file beside servers.json that begins with its name and parses. */
export async function findNewestBackup(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const prefix = `${basename(path)}.`;
  const candidates = names.filter((name) => name.startsWith(prefix) && !name.endsWith('.tmp'));
  const readable: { file: string; mtimeMs: number }[] = [];
  for (const name of candidates) {
    const file = join(folder, name);
    const found = await writtenAt(file);
    if (found !== undefined) readable.push({ file, mtimeMs: found });
  }
  return readable.toSorted((a, b) => b.mtimeMs - a.mtimeMs)[0]?.file;
}

/**
 * Puts the newest backup in the place of a servers.json that does not parse; that one is kept beside it.
 * Resolves to where it is kept. Rejects with `no-backup`.
 */
export async function restoreNewestBackup(path: string, clock: Clock): Promise<string> {
  return await withLockFile(join(dirname(path), '.servers.lock'), clock, async () => {
    if ((await writtenAt(path)) !== undefined) {
      throw new RegistryError({
        code: 'readable-again',
        message: `${path} can be read again, so nothing was restored.`,
        hint: undefined,
      });
    }
    const backup = await findNewestBackup(path);
    if (backup === undefined) {
      throw new RegistryError({
        code: 'no-backup',
        message: `There is no backup of ${path} that can be read.`,
        hint: 'Correct the file by hand, or move it away to start with an empty list.',
      });
    }
    const content = await readFile(backup);
    const stamp = new Date(clock.now()).toISOString().replaceAll(':', '-');
    const kept = join(dirname(path), `broken-${stamp}-${basename(path)}`);
    await keepAs(kept, path);
    await writeFileAtomic(path, content);
    return kept;
  });
}

/**
 * Gives the file a second name, so that its place is never empty: without a servers.json the list would count as empty, and
 * the next change would write that. What takes no second name (a link, a folder, some file systems) is moved.
 */
async function keepAs(kept: string, path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isFile()) throw new Error('no file');
    await link(path, kept);
  } catch {
    await rename(path, kept);
  }
}

/** Gives the time the file was written; undefined when it is not a list of servers. */
async function writtenAt(file: string): Promise<number | undefined> {
  try {
    parseDocument(decodeText(await readFile(file)));
    return (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}
