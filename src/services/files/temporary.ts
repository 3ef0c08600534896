import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCodeOf } from '../../core/errors.js';
import { isProcessAlive } from '../process/identity.js';

const PID_DIGITS = 8;
const CHANCE_BYTES = 6;
const NAME = new RegExp(`^\\..+\\.([0-9a-f]{${PID_DIGITS}})[0-9a-f]{${CHANCE_BYTES * 2}}\\.tmp$`);

/** A hidden name beside `path`, never used twice, that tells which process it belongs to. */
export function temporaryBeside(path: string): string {
  const pid = process.pid.toString(16).padStart(PID_DIGITS, '0');
  const name = `.${basename(path).replace(/^\./, '')}.${pid}${randomBytes(CHANCE_BYTES).toString('hex')}.tmp`;
  return join(dirname(path), name);
}

/** Removes what processes that are gone left under such names in a folder. What cannot be removed stays. */
export async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isProcessAlive(Number.parseInt(pid, 16))) continue;
    await rm(join(folder, name), { force: true }).catch(() => undefined);
  }
}
