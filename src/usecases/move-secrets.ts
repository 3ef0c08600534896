import { adminCredential } from '../core/admin-auth.js';
import {
  autheliaPasswordKey,
  certificatePasswordKey,
  type CredentialKey,
  loginKey,
  operationKey,
  p12PasswordKey,
  TOKEN_KEY,
  tokenKey,
} from '../services/keystore/keystore.js';
import { type Moved, moveSecrets, removeVault } from '../services/keystore/vault-change.js';
import { PortlamaError } from '../core/errors.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { listOperationIds } from '../services/provisioning/journal/journal.js';
import { provisioningLockPath, takeLock } from '../services/provisioning/worker/lock.js';
import { hasVault } from '../services/keystore/vault-files.js';
import { isUpkeep } from '../services/provisioning/journal/records.js';
import { isAtWork, type Operation } from '../services/provisioning/operations.js';
import { requireChoice, requireVault, secretsText } from './stores.js';
import { askNewPassphrase, createWith } from './vault.js';
import type { KeyWork, Work } from './work.js';

/** Moves every secret from the vault to the operating system's store, and removes the vault. */
export async function moveToOs(work: KeyWork): Promise<void> {
  const { environment, clock, face, news } = work;
  const { home } = environment;
  const { vault, os } = requireChoice(work);
  requireVault(home, 'present');
  await os.probe();
  await vault.requireKey();
  await whileNothingRuns(work, async () => {
    const keys = await vault.listKeys();
    const moved = await moveSecrets({ keys, from: vault, to: os, toIsInUse: false });
    await removeVault({ home, clock });
    report(work, moved, os.title);
    face.say('The vault is removed.', 'ok');
  });
  news({ kind: 'store-changed' });
}

/** Moves every secret from the operating system's store to the vault; creates one first if there is none. */
export async function moveToVault(work: Work): Promise<void> {
  const { environment, clock, news } = work;
  const { home } = environment;
  const { vault, os } = requireChoice(work);
  await os.probe();
  const isNew = !hasVault(home);
  if (isNew) await createWith(await askNewPassphrase(work), work);
  else await vault.requireKey();
  try {
    await whileNothingRuns(work, async () => {
      const keys = await knownKeys(work);
      const moved = await moveSecrets({ keys, from: os, to: vault, toIsInUse: !isNew });
      report(work, moved, vault.title);
    });
  } catch (error) {
    // A new vault that is still empty would be in use otherwise.
    if (isNew && (await vault.count()) === 0) await removeVault({ home, clock });
    throw error;
  }
  news({ kind: 'store-changed' });
}

function hasImported({ adminAuth }: ServerEntry): boolean {
  return adminCredential(adminAuth)?.authMethod === 'p12';
}

/** Keys of all secrets of this program: the operating system's store cannot list them. */
async function knownKeys({ registry, environment, accounts }: KeyWork): Promise<CredentialKey[]> {
  const servers = await registry.list();
  const operations = await listOperationIds(environment.home);
  return [
    TOKEN_KEY,
    ...(await accounts.read()).named.map(({ name }) => tokenKey(name)),
    ...servers.flatMap(({ id }) => [p12PasswordKey(id), autheliaPasswordKey(id), loginKey(id)]),
    ...servers.filter(hasImported).map(certificatePasswordKey),
    ...operations.map((id) => operationKey(id)),
  ];
}

/** An operation stores secrets while it runs, in the store that it began with. */
async function whileNothingRuns(
  { environment, operations }: KeyWork,
  move: () => Promise<void>,
): Promise<void> {
  const lock = await takeLock(provisioningLockPath(environment.home));
  try {
    const all = await operations.list();
    const atWork = all.find((operation) => isUpkeep(operation.request) && isAtWork(operation));
    if (atWork !== undefined) throw operationAtWork(atWork);
    await move();
  } finally {
    await lock.release();
  }
}

function operationAtWork({ id, request }: Operation): PortlamaError {
  return new PortlamaError({
    code: 'server-busy',
    message: `Work on ${request.label} is in progress, and stores secrets: operation ${id}.`,
    hint: { lead: 'Wait until it ends, or watch it', command: 'operations.attach', id },
  });
}

function report({ face }: KeyWork, { count, differing }: Moved, title: string): void {
  face.say(`Moved ${secretsText(count)} to ${title}.`, 'ok');
  for (const { service, account } of differing)
    face.say(`Kept the newer ${service} / ${account} of ${title}; the other one was not moved.`);
}
