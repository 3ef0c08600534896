import type { ChosenKeystore } from '../services/keystore/choose-keystore.js';
import {
  type CredentialKey,
  operationKey,
  p12PasswordKey,
  TOKEN_KEY,
} from '../services/keystore/keystore.js';
import { type Moved, moveSecrets } from '../services/keystore/move-secrets.js';
import { removeVault } from '../services/keystore/vault-change.js';
import { hasVault, vaultPlace } from '../services/keystore/vault-files.js';
import { vaultError } from '../services/keystore/vault-error.js';
import { listOperationIds } from '../services/provisioning/journal/journal.js';
import { takeProvisioningLock } from '../services/provisioning/worker/lock.js';
import { say } from './say.js';
import type { World } from './world.js';

/** Moves every secret to the operating system's store and removes the vault. */
export async function moveToOs(world: World, { vault, os }: ChosenKeystore): Promise<void> {
  const { home, clock } = world;
  if (!hasVault(home)) throw vaultError('vault-missing', vaultPlace(home).keyPath);
  await os.probe();
  await vault.requireKey();
  await whileNothingRuns(home, async () => {
    const keys = await vault.listKeys();
    const moved = await moveSecrets({ keys, from: vault, to: os, toIsInUse: false });
    await removeVault({ home, clock });
    report(world, moved, os.title);
    say(world, 'The vault is removed: secrets are kept there from now on.');
  });
}

/** Moves every secret from the operating system's store to the vault; makes one first if there is none. */
export async function moveToVault(
  world: World,
  stores: ChosenKeystore,
  passphrase: () => Promise<string>,
): Promise<void> {
  const { home, clock } = world;
  const { vault, os } = stores;
  await os.probe();
  const isNew = !hasVault(home);
  if (isNew) await stores.createVault(await passphrase());
  else await vault.requireKey();
  try {
    await whileNothingRuns(home, async () => {
      const keys = await knownKeys(world);
      report(
        world,
        await moveSecrets({ keys, from: os, to: vault, toIsInUse: !isNew }),
        vault.title,
      );
    });
  } catch (error) {
    // Remove a new vault that is still empty: it would be in use otherwise.
    if (isNew && (await vault.count()) === 0) await removeVault({ home, clock });
    throw error;
  }
}

/** Keys of all secrets that this program files: the operating system's store cannot list them. */
async function knownKeys({ registry, home }: World): Promise<CredentialKey[]> {
  const servers = await registry.list();
  const operations = await listOperationIds(home);
  return [
    TOKEN_KEY,
    ...servers.map(({ id }) => p12PasswordKey(id)),
    ...operations.map((id) => operationKey(id)),
  ];
}

/** A provisioning stores secrets while it runs, in the store that it began with. */
async function whileNothingRuns(home: string, work: () => Promise<void>): Promise<void> {
  const lock = await takeProvisioningLock(home);
  try {
    await work();
  } finally {
    await lock.release();
  }
}

function report(world: World, { count, differing }: Moved, title: string): void {
  say(
    world,
    `${count === 1 ? '1 secret' : `${count} secrets`} moved to ${title}, and read back there.`,
  );
  for (const { service, account } of differing) {
    say(world, `${title} has a newer ${service} / ${account}; the other one stayed where it is.`);
  }
}
