import { join } from 'node:path';
import { systemClock } from '../../../src/core/time.js';
import { KeystoreError } from '../../../src/services/keystore/keystore.js';
import { createVault } from '../../../src/services/keystore/vault-change.js';
import { openVault, type VaultKeystore } from '../../../src/services/keystore/vault-keystore.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

export const PASSPHRASE = 'orbit-candle-mustard-fjord';
/** Little work: what is tested is not how long guessing takes. */
export const EASY = { workFactor: 6 };

/** A home folder with an empty vault, that was opened with its passphrase unless it is to stay `locked`. */
export async function madeVault(
  state: 'unlocked' | 'locked' = 'unlocked',
): Promise<{ readonly home: string; readonly vault: VaultKeystore }> {
  const home = join(await temporaryFolder(), 'portlama');
  await createVault({ home, clock: systemClock, ...EASY }, PASSPHRASE);
  return { home, vault: await vaultOf(home, state) };
}

/** The vault of a home folder as another process sees it. */
export async function vaultOf(
  home: string,
  state: 'unlocked' | 'locked' = 'unlocked',
): Promise<VaultKeystore> {
  const vault = openVault({ home, clock: systemClock });
  if (state === 'unlocked') await vault.unlock(PASSPHRASE);
  return vault;
}

/** The KeystoreError that a call rejects with. */
export async function errorOf(promise: Promise<unknown>): Promise<KeystoreError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof KeystoreError)) throw new Error(`not a KeystoreError: ${String(error)}`);
  return error;
}
