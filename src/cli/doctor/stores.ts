import { PROGRAM } from '../../core/product.js';
import type { ChosenKeystore } from '../../services/keystore/choose-keystore.js';
import { KeystoreError } from '../../services/keystore/keystore-error.js';
import { TOKEN_KEY } from '../../services/keystore/keystore.js';
import { hasVault, vaultPlace } from '../../services/keystore/vault-files.js';
import { whyThisStore } from '../store-lines.js';
import type { World } from '../world.js';
import { type Finding, problem } from './finding.js';

const NAME = 'Credentials';
const OS_NAME = 'OS store';

/** Which credential store is in use and why, whether it works, and why the operating system's is not. */
export async function checkStores(world: World): Promise<readonly Finding[]> {
  const { stores, keystore } = world;
  if (stores === undefined) return [{ level: 'ok', name: NAME, text: `in ${keystore.title}` }];
  try {
    await stores.choose();
  } catch (error) {
    // The operating system's store is the one that failed, so it needs no line of its own.
    return [problem(NAME, error), busFinding()].filter((finding) => finding !== undefined);
  }
  const findings = [await chosenFinding(world, stores), ...(await vaultFindings(world, stores))];
  if (stores.chosen?.kind === 'os') return findings;
  return [...findings, ...(await osFindings(stores))];
}

async function chosenFinding(world: World, stores: ChosenKeystore): Promise<Finding> {
  const text = `in ${stores.title}, since ${whyThisStore(world, stores)}`;
  try {
    await stores.probe();
  } catch (error) {
    return problem(NAME, error);
  }
  const isMemory = stores.chosen?.kind === 'session';
  return { level: isMemory ? 'note' : 'ok', name: NAME, text };
}

async function vaultFindings({ home }: World, stores: ChosenKeystore): Promise<Finding[]> {
  const { keyPath } = vaultPlace(home);
  if (!hasVault(home)) return [];
  const count = await stores.vault.count();
  const text = `${keyPath}, ${count === 1 ? '1 secret' : `${count} secrets`}`;
  if (stores.chosen === stores.vault) return [{ level: 'ok', name: 'Vault', text }];
  return [{ level: 'note', name: 'Vault', text: `${text}; it is not in use` }];
}

async function osFindings(stores: ChosenKeystore): Promise<Finding[]> {
  const { os } = stores;
  const found = await stores.findOsProblem();
  if (found !== undefined) {
    const text = `${os.title} cannot be used (${found.code}): ${found.message}`;
    const bus = busFinding();
    const finding: Finding = { level: 'note', name: OS_NAME, text, hint: found.hint };
    return bus === undefined ? [finding] : [finding, bus];
  }
  if (!(await hasToken(stores))) {
    return [{ level: 'ok', name: OS_NAME, text: `${os.title} works, and is not in use` }];
  }
  return [
    {
      level: 'note',
      name: OS_NAME,
      text: `${os.title} works, is not in use, and holds an API token`,
      hint: `Take it along: ${PROGRAM} vault move-to-vault`,
    },
  ];
}

async function hasToken({ os }: ChosenKeystore): Promise<boolean> {
  try {
    return (await os.get(TOKEN_KEY)) !== undefined;
  } catch (error) {
    if (error instanceof KeystoreError) return false;
    throw error;
  }
}

/** The Secret Service is reached over D-Bus. */
function busFinding(): Finding | undefined {
  if (process.platform !== 'linux') return undefined;
  const address = process.env['DBUS_SESSION_BUS_ADDRESS'];
  const text = address === undefined ? 'DBUS_SESSION_BUS_ADDRESS is not set' : address;
  return { level: 'note', name: 'D-Bus', text };
}
