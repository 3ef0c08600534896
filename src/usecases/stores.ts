import { ENV, PROGRAM } from '../core/product.js';
import { InputError } from '../core/errors.js';
import type { ChosenKeystore } from '../services/keystore/choose-keystore.js';
import { hasVault, vaultPlace } from '../services/keystore/vault-files.js';
import type { EnvironmentFacts, Work } from './work.js';

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

/** Why secrets are kept in this store, as half a sentence. */
export function whyThisStore(
  { keystoreWish, home }: Pick<EnvironmentFacts, 'keystoreWish' | 'home'>,
  { chosen }: Pick<ChosenKeystore, 'chosen'>,
): string {
  if (keystoreWish !== 'auto') return `${ENV.keystore} says so`;
  if (chosen?.kind === 'vault' && hasVault(home)) return `${vaultPlace(home).keyPath} is there`;
  return 'it works, and there is no vault';
}
