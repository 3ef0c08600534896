import { hintParts } from '../core/hint.js';
import type { Line } from '../words/question.js';
import { InputError } from '../core/errors.js';
import { ENV } from '../core/product.js';
import type { ChosenKeystore } from '../services/keystore/choose-keystore.js';
import { type Keystore, KeystoreError } from '../services/keystore/keystore.js';
import { vaultError } from '../services/keystore/vault-error.js';
import { hasVault, vaultPlace } from '../services/keystore/vault-files.js';
import type { EnvironmentFacts, KeyWork, Services, Work } from './work.js';

export interface StoreInUse extends Pick<Keystore, 'kind' | 'title'> {
  /** `missing`: none works, or the vault that was asked for does not exist yet. */
  readonly status: 'ready' | 'locked' | 'missing';
}

/** Chooses the store if that is not done yet, and describes it. */
export async function findStore({
  stores,
  keystore,
}: Pick<Services, 'stores' | 'keystore'>): Promise<StoreInUse> {
  if (stores === undefined) return { kind: keystore.kind, title: keystore.title, status: 'ready' };
  const status = await statusOf(stores);
  return { kind: stores.kind, title: stores.title, status };
}

async function statusOf(stores: ChosenKeystore): Promise<StoreInUse['status']> {
  const { vault } = stores;
  try {
    if ((await stores.choose()) !== vault) return 'ready';
  } catch (error) {
    if (error instanceof KeystoreError) return 'missing';
    throw error;
  }
  if (!vault.exists) return 'missing';
  return vault.isUnlocked ? 'ready' : 'locked';
}

/** Throws `store-missing` where secrets cannot be kept. */
export async function requireStore(work: Pick<Services, 'stores' | 'keystore'>): Promise<void> {
  if ((await findStore(work)).status !== 'missing') return;
  throw new InputError({
    code: 'store-missing',
    message: 'No credential store yet. Nothing was sent to DigitalOcean.',
    hint: 'Choose a store, then try again.',
  });
}

/** Throws `session-store-useless` where a secret would be gone with the program that keeps it, or why no store works. */
export async function requireLastingStore({ stores }: Pick<Work, 'stores'>): Promise<void> {
  const chosen = await stores?.choose();
  if (chosen?.kind !== 'session') return;
  throw new InputError({
    code: 'session-store-useless',
    message: 'Secrets are kept in memory only, and would be lost when this command ends.',
    hint: [{ command: 'vault.init' }, 'Or use the full-screen program, and leave it open.'],
  });
}

/** The choice of stores. The sandbox has one store, and nothing to choose. */
export function requireChoice({ stores }: Pick<Services, 'stores'>): ChosenKeystore {
  if (stores !== undefined) return stores;
  throw new InputError({
    code: 'sandbox-store',
    message: 'The sandbox keeps its secrets in its own memory, and needs no vault.',
    hint: 'Leave out --sandbox.',
  });
}

/** Keeps secrets in memory from now on, until the program ends. */
export async function keepInMemory(work: KeyWork): Promise<void> {
  requireChoice(work).useSession();
  work.face.say('Secrets are kept in memory only, and are lost when the program ends.', 'warn');
  work.news({ kind: 'store-changed' });
}

/** Tests the operating system's store again after it failed. */
export async function retryStore(work: KeyWork): Promise<StoreInUse> {
  await requireChoice(work).findOsProblem(true);
  const found = await findStore(work);
  if (found.status !== 'missing') work.news({ kind: 'store-changed' });
  return found;
}

/** Says which store is in use and why, and the state of the vault and of the operating system's store. */
export async function describeStores(work: KeyWork): Promise<void> {
  const stores = requireChoice(work);
  const { home } = work.environment;
  const { keyPath, folder } = vaultPlace(home);
  const vaultLines = hasVault(home)
    ? [
        `Vault: ${keyPath}, ${secretsText(await stores.vault.count())}.`,
        `  With the age tool: age --decrypt --identity ${keyPath} ${folder}/NAME.age`,
      ]
    : ['Vault: none.', { command: 'vault.init' } as const];
  const lines: readonly Line[] = [
    ...(await storeLines(work.environment, stores)),
    ...vaultLines,
    ...(await osStoreLines(stores)),
  ];
  for (const line of lines) work.face.say(line);
}

async function storeLines(
  environment: EnvironmentFacts,
  stores: ChosenKeystore,
): Promise<readonly Line[]> {
  try {
    await stores.choose();
  } catch (error) {
    if (!(error instanceof KeystoreError)) throw error;
    return ['No store for secrets yet.', `  ${error.message}`, ...hintLines(error)];
  }
  return [`Secrets are kept in ${stores.title}: ${whyThisStore(environment, stores)}.`];
}

async function osStoreLines(stores: ChosenKeystore): Promise<readonly Line[]> {
  const problem = await stores.findOsProblem();
  if (problem === undefined) return [`${stores.os.title}: works.`];
  const fault = `${stores.os.title}: cannot be used (${problem.code}).`;
  return [fault, `  ${problem.message}`, ...hintLines(problem)];
}

function hintLines({ hint }: KeystoreError): readonly Line[] {
  return hintParts(hint).map((part) => {
    if (typeof part === 'string') return `  ${part}`;
    return 'shellLine' in part ? `  ${part.lead}: ${part.shellLine}` : part;
  });
}

/** Why secrets are kept in this store, as half a sentence. */
export function whyThisStore(
  { keystoreWish, home }: Pick<EnvironmentFacts, 'keystoreWish' | 'home'>,
  { chosen }: Pick<ChosenKeystore, 'chosen'>,
): string {
  if (keystoreWish !== 'auto') return `set by ${ENV.keystore}`;
  if (chosen?.kind === 'vault' && hasVault(home)) return `${vaultPlace(home).keyPath} exists`;
  return 'it works and there is no vault';
}

/** `1 secret`, `2 secrets` */
export function secretsText(count: number): string {
  return count === 1 ? '1 secret' : `${count} secrets`;
}

/** Throws `vault-missing` or `vault-exists` where that is not so. */
export function requireVault(home: string, wanted: 'present' | 'absent'): void {
  const { keyPath } = vaultPlace(home);
  if (hasVault(home) === (wanted === 'present')) return;
  throw vaultError(wanted === 'present' ? 'vault-missing' : 'vault-exists', keyPath);
}
