import { randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCodeOf } from '../../core/errors.js';
import { isProcessAlive, ownNamespace } from '../process/identity.js';

const DIGITS = 8;
const CHANCE_BYTES = 6;
const NUMBER = `[0-9a-f]{${DIGITS}}`;
/** Process id, its pid namespace (missing in older names), and chance. */
const NAME = new RegExp(`^\\..+\\.(${NUMBER})(${NUMBER})?[0-9a-f]{${CHANCE_BYTES * 2}}\\.tmp$`);
/** Writing a file takes milliseconds: after so many, the process in another container is gone. */
const UNSEEN_PATIENCE_MS = 60_000;

/** A hidden name beside `path`, never used twice, that tells which process of which pid namespace it belongs to. */
export function temporaryBeside(path: string): string {
  const owner = [process.pid, ownNamespace()].map(hex).join('');
  const name = `.${basename(path).replace(/^\./, '')}.${owner}${randomBytes(CHANCE_BYTES).toString('hex')}.tmp`;
  return join(dirname(path), name);
}

/** Removes what processes that are gone left under such names in a folder. What cannot be removed stays. */
export async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    const [, pid, namespace] = NAME.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(folder, name);
    const isSeen = namespace === undefined || namespace === hex(ownNamespace());
    if (isSeen ? isProcessAlive(Number.parseInt(pid, 16)) : await isRecent(path)) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isRecent(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs < UNSEEN_PATIENCE_MS;
}

function hex(number: number): string {
  return number.toString(16).padStart(DIGITS, '0');
}
