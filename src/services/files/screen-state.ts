import { join } from 'node:path';
import { systemClock } from '../../core/time.js';
import { makePrivateFolder, writeFileAtomic } from './atomic.js';
import { decodeText } from './decode.js';
import { withLockFile } from './lock-file.js';
import { readPrivateAtOnce, readPrivateFile } from './private-file.js';

const NAME = 'screen.json';

/** Memory of the screens between two starts; nothing secret. */
export interface ScreenState {
  /** Order of the servers list, by a column's id. */
  readonly sort?: { readonly column: string; readonly descending: boolean } | undefined;
  /** Epoch milliseconds of the last moment that a screen was known to be open. */
  readonly seenAt?: number | undefined;
  /** Epoch milliseconds of the last look for a newer version of this program. */
  readonly updateSoughtAt?: number | undefined;
}

/** Reads and changes what the screens remember. */
export interface ScreenMemory {
  /** Empty when there is nothing, or when it cannot be understood. Never rejects. */
  read(): Promise<ScreenState>;
  /** Replaces these fields, and keeps all others, also those that another process changes at once. */
  change(change: ScreenState): Promise<void>;
}

export function screenMemory(home: string): ScreenMemory {
  const path = join(home, NAME);
  let changes = Promise.resolve();
  const change = async (fields: ScreenState): Promise<void> => {
    await makePrivateFolder(home);
    await withLockFile(join(home, '.screen.lock'), systemClock, async () => {
      const content = { ...(await readFields(path)), ...fields };
      await writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`);
    });
  };
  return {
    read: async () => understood(await readFields(path)),
    // One after the other: the last one asked for is the one that stays.
    change: (fields) => (changes = changes.catch(() => undefined).then(() => change(fields))),
  };
}

async function readFields(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const now = readPrivateAtOnce(path);
    const content = now === undefined ? await readPrivateFile(path) : now.content;
    const parsed: unknown = content === undefined ? {} : JSON.parse(decodeText(content));
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function understood({
  sort,
  seenAt,
  updateSoughtAt,
}: Readonly<Record<string, unknown>>): ScreenState {
  const hasSort = isRecord(sort) && typeof sort['column'] === 'string';
  return {
    ...(hasSort
      ? { sort: { column: String(sort['column']), descending: sort['descending'] === true } }
      : {}),
    ...(Number.isFinite(seenAt) ? { seenAt: Number(seenAt) } : {}),
    ...(Number.isFinite(updateSoughtAt) ? { updateSoughtAt: Number(updateSoughtAt) } : {}),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
