import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import { access, lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCodeOf } from '../../core/errors.js';

/** Why a file or folder is not for one user alone. */
export interface HomeFault {
  readonly path: string;
  /** `foreign`: another user's; `shared`: others may read or write it; `closed`: this user may not. */
  readonly kind: 'link' | 'foreign' | 'shared' | 'closed';
  /** User id of the owner. */
  readonly owner: number;
  /** Permission bits. */
  readonly mode: number;
}

export interface HomeReport {
  /** Mode of the folder; undefined when it does not exist. */
  readonly mode: number | undefined;
  /** The folder first, at most 5,000 entries of it. */
  readonly faults: readonly HomeFault[];
  /** A file in the way, or a folder that may not be written, which keeps the folder from being made. */
  readonly blockedBy?: string | undefined;
}

const SHARED_BITS = 0o077;
const OWNER_READS = 0o400;
/** A folder of a thousand servers. */
const MAX_ENTRIES = 5_000;

/** Looks at who owns and may read the home folder and everything in it. Changes nothing. */
export async function inspectHome(home: string, uid = process.getuid?.()): Promise<HomeReport> {
  const first = await lstat(home).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  if (first === undefined)
    return { mode: undefined, faults: [], blockedBy: await findBlock(dirname(home)) };
  const faults: HomeFault[] = [];
  const waiting = [home];
  for (let seen = 0; seen < MAX_ENTRIES; seen++) {
    const path = waiting.shift();
    if (path === undefined) break;
    const stats = await lstat(path).catch(() => undefined);
    if (stats === undefined) continue;
    const kind = kindOf(stats, uid);
    if (kind !== undefined) faults.push(faultOf(path, stats, kind));
    if (!stats.isDirectory()) continue;
    const names = await readdir(path).catch(() => undefined);
    if (names !== undefined) waiting.push(...names.map((name) => join(path, name)));
    else if (kind === undefined) faults.push(faultOf(path, stats, 'closed'));
  }
  return { mode: first.mode & 0o777, faults };
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '');
}

/** The nearest of this folder and those above it that is there, if nothing can be made in it. */
async function findBlock(folder: string): Promise<string | undefined> {
  try {
    // The slash refuses a file.
    await access(join(folder, '/'), constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const isFile = (await lstat(folder).catch(() => undefined)) !== undefined;
    return isAbsent(error) && !isFile ? await findBlock(dirname(folder)) : folder;
  }
}

function kindOf(stats: Stats, uid: number | undefined): HomeFault['kind'] | undefined {
  if (stats.isSymbolicLink()) return 'link';
  if (uid !== undefined && stats.uid !== uid) return 'foreign';
  if ((stats.mode & SHARED_BITS) !== 0) return 'shared';
  return (stats.mode & OWNER_READS) === 0 ? 'closed' : undefined;
}

function faultOf(path: string, { uid, mode }: Stats, kind: HomeFault['kind']): HomeFault {
  return { path, kind, owner: uid, mode: mode & 0o777 };
}
