import type { ChosenKeystore } from '../services/keystore/choose-keystore.js';
import { KeystoreError } from '../services/keystore/keystore-error.js';
import { whyThisStore } from '../usecases/stores.js';
import type { World } from './world.js';

/** Lines about the store in use and the reason for it; without one, about the fault and its remedy. */
export async function storeLines(
  { settings, home }: World,
  stores: ChosenKeystore,
): Promise<readonly string[]> {
  try {
    await stores.choose();
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error;
    return ['Secrets are kept nowhere yet.', `  ${error.message}`, ...hintLines(error)];
  }
  const why = whyThisStore({ keystoreWish: settings.keystore, home }, stores);
  return [`Secrets are kept in ${stores.title}: ${why}.`];
}

/** Lines about the operating system's store: works, or the fault and its remedy. */
export async function osStoreLines(stores: ChosenKeystore): Promise<readonly string[]> {
  const problem = await stores.findOsProblem();
  if (problem === undefined) return [`${stores.os.title}: works.`];
  return [
    `${stores.os.title}: cannot be used (${problem.code}).`,
    `  ${problem.message}`,
    ...hintLines(problem),
  ];
}

function hintLines({ hint }: KeystoreError): readonly string[] {
  return hint === undefined ? [] : hint.split('\n').map((line) => `  ${line}`);
}
