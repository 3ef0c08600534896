import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf } from '../../core/errors.js';
import { syncFolder } from './atomic.js';

/**
 * Overwrites a file with zeros and removes it. Does nothing when there is none. A file system that
 * copies on write (APFS, btrfs) may keep the old blocks for a while: the content must be encrypted
 * anyway.
 */
export async function wipeFile(path: string): Promise<void> {
  try {
    const file = await open(path, 'r+');
    try {
      const { size } = await file.stat();
      await file.write(Buffer.alloc(size), 0, size, 0);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return;
    // Remove it even so, then report the error.
    await rm(path, { force: true });
    throw error;
  }
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}
