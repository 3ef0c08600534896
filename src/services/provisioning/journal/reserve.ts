import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asFileError, writeNewFile } from '../../files/atomic.js';

/** A whole clean-up, with long reasons, is a tenth of this. */
const RESERVE_BYTES = 64 * 1024;

/** Room on the disk that can be given back. */
export interface Reserve {
  release(): Promise<void>;
}

/** Takes room beside the journal. What cannot be compressed, since some file systems would take next to nothing. */
export async function makeReserve(journal: string): Promise<Reserve> {
  const path = join(dirname(journal), 'reserve');
  await rm(path, { force: true });
  await writeNewFile(path, randomBytes(RESERVE_BYTES)).catch(async (error: unknown) => {
    await rm(path, { force: true }).catch(() => undefined);
    throw asFileError(error, path);
  });
  return {
    async release() {
      await rm(path, { force: true }).catch(() => undefined);
    },
  };
}
