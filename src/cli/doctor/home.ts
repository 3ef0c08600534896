import { ENV } from '../../core/product.js';
import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../core/errors.js';
import { type Finding, problem } from './finding.js';

const NAME = 'Home folder';
const SHARED_BITS = 0o077;
/** A folder of a thousand servers; what is beyond is not looked at. */
const MAX_ENTRIES = 5_000;
const SHOWN = 3;

/** Whether the home folder and everything in it is this person's alone. */
export async function checkHome(home: string): Promise<readonly Finding[]> {
  const stats = await lstat(home).catch((error: unknown) => error);
  if (!isStats(stats)) {
    if (systemCodeOf(stats) !== 'ENOENT') return [problem(NAME, stats)];
    return [
      { level: 'note', name: NAME, text: `${home} is not there yet; it is made when needed` },
    ];
  }
  if (stats.isSymbolicLink()) return [linked(home)];
  const wrong = await findWrong(home, stats);
  if (wrong.length === 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    return [{ level: 'ok', name: NAME, text: `${home}, ${mode}, and nothing in it is for others` }];
  }
  const more = wrong.length > SHOWN ? ` and ${wrong.length - SHOWN} more` : '';
  return [
    {
      level: 'problem',
      name: NAME,
      text: `not for you alone: ${wrong.slice(0, SHOWN).join(', ')}${more}`,
      hint: `chmod -R go= ${home}`,
    },
  ];
}

function linked(home: string): Finding {
  return {
    level: 'problem',
    name: NAME,
    text: `${home} is a symbolic link, and nothing is written through it`,
    hint: `Replace it with a real folder, or set ${ENV.home} to where it points.`,
  };
}

/** Paths that others may look into, or that are somebody else's or lead elsewhere; with why. */
async function findWrong(home: string, homeStats: Stats): Promise<string[]> {
  const found = faultOf(home, homeStats);
  const wrong = found === undefined ? [] : [found];
  const names = await readdir(home, { recursive: true }).catch(() => []);
  for (const name of names.slice(0, MAX_ENTRIES)) {
    const path = join(home, name);
    const stats = await lstat(path).catch(() => undefined);
    const fault = stats === undefined ? undefined : faultOf(path, stats);
    if (fault !== undefined) wrong.push(fault);
  }
  return wrong;
}

function faultOf(path: string, stats: Stats): string | undefined {
  if (stats.isSymbolicLink()) return `${path} (a symbolic link)`;
  const uid = process.getuid?.();
  if (uid !== undefined && stats.uid !== uid) return `${path} (of user ${stats.uid})`;
  const mode = stats.mode & 0o777;
  return (mode & SHARED_BITS) === 0 ? undefined : `${path} (${mode.toString(8).padStart(4, '0')})`;
}

function isStats(value: unknown): value is Stats {
  return typeof value === 'object' && value !== null && 'isSymbolicLink' in value;
}
