import { join } from 'node:path';
import { makePrivateFolder, writeFileAtomic } from '../services/files/atomic.js';
import { CODE_FILE, type Compiled } from './compiled.js';
import { CACHE_FOLDER, type CacheRecord, cacheIn, ownHome, recordBytes } from './own-cache.js';

/** Keeps the code of what has run so far for the next start. Never rejects. */
export async function keepCompiled(compiled: Compiled | undefined): Promise<void> {
  if (compiled === undefined || compiled.isKept) return;
  const { script, key, home } = compiled;
  await keepRecord(home, CODE_FILE, { head: { key }, body: script.createCachedData() });
}

/** Replaces a file of the cache in a home folder that is there and ours. Never rejects: the next start does without. */
export async function keepRecord(home: string, name: string, record: CacheRecord): Promise<void> {
  try {
    const own = ownHome(home);
    if (own === undefined) return;
    await makePrivateFolder(join(own, CACHE_FOLDER));
    const path = cacheIn(own, name);
    if (path !== undefined) await writeFileAtomic(path, recordBytes(record));
  } catch {
    // A read-only or full disk.
  }
}
