import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { absoluteHomeFolder } from '../process/surroundings.js';

/** Paths as a person types them: `~/` is the home folder. */
export const typedPaths = { absolute, complete };
export type TypedPaths = typeof typedPaths;

export interface PathCompletion {
  /** The path, as far as it is certain; a folder ends with a slash. */
  readonly text: string;
  /** Names that it may continue with; empty where it is certain. */
  readonly choices: readonly string[];
}

const MAX_CHOICES = 1_000;

/** Gives the absolute path; undefined for a relative one. */
function absolute(typed: string): string | undefined {
  const home = absoluteHomeFolder();
  const path = home === undefined ? typed : typed.replace(/^~(?=\/|$)/, () => home);
  return path.startsWith('/') ? path : undefined;
}

/** Continues the last name of the path. Never rejects. */
async function complete(typed: string): Promise<PathCompletion> {
  const stem = typed.slice(0, typed.lastIndexOf('/') + 1);
  const begun = typed.slice(stem.length);
  const folder = absolute(`${stem}x`);
  if (folder === undefined || stem === '') return { text: typed, choices: [] };
  const entries = await readdir(dirname(folder), { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter(({ name }) => name.startsWith(begun) && (begun !== '' || !name.startsWith('.')))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort()
    .slice(0, MAX_CHOICES);
  const [first] = names;
  if (first === undefined) return { text: typed, choices: [] };
  const common = names.reduce((shared, name) => {
    let length = 0;
    while (length < shared.length && shared[length] === name[length]) length += 1;
    return shared.slice(0, length);
  }, first);
  return { text: `${stem}${common}`, choices: names.length > 1 ? names : [] };
}
