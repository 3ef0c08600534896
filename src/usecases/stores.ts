import { InputError } from '../core/errors.js';
import { PROGRAM } from '../core/product.js';
import type { Work } from './work.js';

/** Throws `session-store-useless` where a secret would be gone with the program that keeps it, or why no store works. */
export async function requireLastingStore({ stores }: Pick<Work, 'stores'>): Promise<void> {
  const chosen = await stores?.choose();
  if (chosen?.kind !== 'session') return;
  throw new InputError({
    code: 'session-store-useless',
    message: 'Secrets are kept in memory only, and would be lost when this command ends.',
    hint: `Make a vault: ${PROGRAM} vault init. Or use the full-screen program, and leave it open.`,
  });
}
