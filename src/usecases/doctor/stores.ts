import type { ChosenKeystore } from '../../services/keystore/choose-keystore.js';
import { KeystoreError, TOKEN_KEY } from '../../services/keystore/keystore.js';
import { hasVault, vaultPlace } from '../../services/keystore/vault-files.js';
import { secretsText, whyThisStore } from '../stores.js';
import type { EnvironmentFacts, Services } from '../work.js';
import { attempt, type Finding, problem } from './finding.js';

const NAME = 'Credentials';
const OS_NAME = 'OS store';
const VAULT_NAME = 'Vault';

/** Tells which credential store is in use and why, checks that it works, and why the operating system's is not. */
export async function checkStores(work: Services): Promise<readonly Finding[]> {
  const { stores, keystore, environment } = work;
  if (stores === undefined) {
    await keystore.probe();
    return [{ level: 'ok', name: NAME, text: `in ${keystore.title}` }];
  }
  try {
    await stores.choose();
  } catch (error) {
    // The operating system's store is the one that failed, so it needs no line of its own.
    return [problem(NAME, error), ...busFindings(environment)];
  }
  const findings = [
    await chosenFinding(work, stores),
    ...(await vaultFindings(environment, stores)),
  ];
  if (stores.chosen?.kind === 'os') return findings;
  return [...findings, ...(await osFindings(environment, stores))];
}

async function chosenFinding(
  { environment, suppliedPassphrase }: Services,
  stores: ChosenKeystore,
): Promise<Finding> {
  try {
    await stores.probe();
  } catch (error) {
    return problem(NAME, error);
  }
  // Skip a vault whose passphrase comes from elsewhere: it opens when it is needed.
  const isLocked =
    suppliedPassphrase === undefined && stores.chosen === stores.vault && !stores.vault.isUnlocked;
  const place = `in ${stores.title}${isLocked ? ', which is locked' : ''}`;
  const text = `${place} (${whyThisStore(environment, stores)})`;
  const isMemory = stores.chosen?.kind === 'session';
  return { level: isMemory || isLocked ? 'note' : 'ok', name: NAME, text };
}

function vaultFindings(
  { home }: EnvironmentFacts,
  stores: ChosenKeystore,
): Promise<readonly Finding[]> {
  return attempt(VAULT_NAME, async () => {
    const { keyPath } = vaultPlace(home);
    if (!hasVault(home)) return [];
    const count = await stores.vault.count();
    const text = `${keyPath}, ${secretsText(count)}`;
    if (stores.chosen === stores.vault) return [{ level: 'ok', name: VAULT_NAME, text }];
    return [{ level: 'note', name: VAULT_NAME, text: `${text}, and is not in use` }];
  });
}

async function osFindings(
  environment: EnvironmentFacts,
  stores: ChosenKeystore,
): Promise<Finding[]> {
  const { os } = stores;
  const found = await stores.findOsProblem();
  if (found !== undefined) {
    const text = `${os.title} cannot be used (${found.code}): ${found.message}`;
    return [{ level: 'note', name: OS_NAME, text, hint: found.hint }, ...busFindings(environment)];
  }
  if (!(await hasToken(stores))) {
    return [{ level: 'ok', name: OS_NAME, text: `${os.title} works, and is not in use` }];
  }
  return [
    {
      level: 'note',
      name: OS_NAME,
      text: `${os.title} works, is not in use, and holds an API token`,
      hint: { lead: 'Move it too', command: 'vault.move-to-vault' },
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
function busFindings({ platform, busAddress }: EnvironmentFacts): readonly Finding[] {
  if (platform !== 'linux') return [];
  const text = busAddress ?? 'DBUS_SESSION_BUS_ADDRESS is not set';
  return [{ level: 'note', name: 'D-Bus', text }];
}
