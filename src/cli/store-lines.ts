import { ENV } from '../core/product.js';
import type { ChosenKeystore } from '../services/keystore/choose-keystore.js';
import { hasVault, vaultPlace } from '../services/keystore/vault-files.js';
import { KeystoreError } from '../services/keystore/keystore-error.js';
import type { World } from './world.js';

/** Which store is in use and why, in lines; what is wrong, and what to do, when there is none. */
export async function storeLines(world: World, stores: ChosenKeystore): Promise<readonly string[]> {
  try {
    await stores.choose();
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error;
    return ['Secrets are kept nowhere yet.', `  ${error.message}`, ...hintLines(error)];
  }
  return [`Secrets are kept in ${stores.title}: ${whyThisStore(world, stores)}.`];
}

/** Whether the operating system's store works, and what to do if not. */
export async function osStoreLines(stores: ChosenKeystore): Promise<readonly string[]> {
  const problem = await stores.findOsProblem();
  if (problem === undefined) return [`${stores.os.title}: works.`];
  return [
    `${stores.os.title}: cannot be used (${problem.code}).`,
    `  ${problem.message}`,
    ...hintLines(problem),
  ];
}

/** Of the store in use. */
export function whyThisStore({ settings, home }: World, { chosen }: ChosenKeystore): string {
  if (settings.keystore !== 'auto') return `${ENV.keystore} says so`;
  if (chosen?.kind === 'vault' && hasVault(home)) return `${vaultPlace(home).keyPath} is there`;
  return 'it works, and there is no vault';
}

function hintLines({ hint }: KeystoreError): readonly string[] {
  return hint === undefined ? [] : hint.split('\n').map((line) => `  ${line}`);
}
