import { join } from 'node:path';
import { makePrivateFolder, writeFileAtomic } from '../services/files/atomic.js';
import { CACHE_FOLDER, cacheIn, cacheRecord, type Compiled, ownHome } from './compiled.js';

/**
 * Keeps the code of what has run so far for the next start, in a home folder that is there and ours. Never rejects: where
 * it cannot be kept, the next start compiles again.
 */
export async function keepCompiled(compiled: Compiled | undefined): Promise<void> {
  if (compiled === undefined || compiled.isKept) return;
  try {
    const home = ownHome(compiled.home);
    if (home === undefined) return;
    await makePrivateFolder(join(home, CACHE_FOLDER));
    const path = cacheIn(home);
    if (path !== undefined) await writeFileAtomic(path, cacheRecord(compiled));
  } catch {
    // A read-only or full disk.
  }
}
