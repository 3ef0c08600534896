import { InputError } from '../core/errors.js';
import { PROGRAM } from '../core/product.js';
import type { ChosenKeystore } from '../services/keystore/choose-keystore.js';
import { TOKEN_KEY } from '../services/keystore/keystore.js';
import { passphraseReader } from '../services/keystore/passphrase-source.js';
import {
  passphraseStrength,
  requireGoodPassphrase,
} from '../services/keystore/passphrase-strength.js';
import { changePassphrase } from '../services/keystore/vault-change.js';
import { hasVault, vaultPlace } from '../services/keystore/vault-files.js';
import { vaultError } from '../services/keystore/vault-error.js';
import { moveToOs, moveToVault } from './move.js';
import { openPrompt } from './prompt.js';
import { say } from './say.js';
import { readNewPassphrase } from './secret-input.js';
import { osStoreLines, storeLines } from './store-lines.js';
import type { World } from './world.js';

type VaultAction = 'status' | 'init' | 'passphrase' | 'move-to-os' | 'move-to-vault';

/** Makes, changes, moves or describes the encrypted vault. Resolves to the exit code. */
export async function vaultCommand(world: World, action: VaultAction): Promise<number> {
  const stores = requireStores(world);
  switch (action) {
    case 'status':
      await showStatus(world, stores);
      break;
    case 'init':
      await init(world, stores);
      break;
    case 'passphrase':
      await newPassphrase(world);
      break;
    case 'move-to-os':
      await moveToOs(world, stores);
      break;
    case 'move-to-vault':
      await moveToVault(world, stores, () => firstPassphrase(world));
      break;
  }
  return 0;
}

function requireStores({ stores }: World): ChosenKeystore {
  if (stores !== undefined) return stores;
  throw new InputError({
    code: 'sandbox-store',
    message: 'The sandbox keeps its secrets in its own memory, and needs no vault.',
    hint: 'Leave out --sandbox.',
  });
}

async function showStatus(world: World, stores: ChosenKeystore): Promise<void> {
  const { home } = world;
  for (const line of await storeLines(world, stores)) say(world, line);
  if (hasVault(home)) {
    const { keyPath, folder } = vaultPlace(home);
    say(world, `Vault: ${keyPath}, ${secrets(await stores.vault.count())}.`);
    say(world, `  With the age tool: age --decrypt --identity ${keyPath} ${folder}/NAME.age`);
  } else {
    say(world, `Vault: none. Make one with: ${PROGRAM} vault init`);
  }
  for (const line of await osStoreLines(stores)) say(world, line);
}

async function init(world: World, stores: ChosenKeystore): Promise<void> {
  const { keyPath } = vaultPlace(world.home);
  // Refuse before a passphrase is asked for.
  if (hasVault(world.home)) throw vaultError('vault-exists', keyPath);
  await stores.createVault(await firstPassphrase(world));
  say(world, `The vault is ${keyPath}. Secrets are kept in it from now on.`);
  say(world, 'Nobody can open it without the passphrase: keep that in a safe place.');
  const isLeftBehind =
    (await stores.findOsProblem()) === undefined && (await stores.os.get(TOKEN_KEY)) !== undefined;
  if (isLeftBehind)
    say(world, `${stores.os.title} has a token. Take it along: ${PROGRAM} vault move-to-vault`);
}

async function newPassphrase(world: World): Promise<void> {
  const { home, clock } = world;
  const { keyPath } = vaultPlace(home);
  if (!hasVault(home)) throw vaultError('vault-missing', keyPath);
  const before = await presentPassphrase(world);
  const after = await readNewPassphrase();
  await changePassphrase({ home, clock }, before, after);
  say(world, 'The vault has another passphrase now.');
  say(world, `Copies of ${keyPath} made before still open with the old one.`);
}

/** Reads the passphrase from its source if one is set, else from the prompt or standard input. */
async function firstPassphrase(world: World): Promise<string> {
  const { passphraseSource } = world.settings;
  if (passphraseSource === undefined) return await readNewPassphrase();
  const passphrase = await passphraseReader(passphraseSource, process.env)();
  requireGoodPassphrase(passphrase);
  say(world, `Strength of the passphrase: ${passphraseStrength(passphrase).text}.`);
  return passphrase;
}

async function presentPassphrase({ settings, home }: World): Promise<string> {
  const { passphraseSource } = settings;
  if (passphraseSource !== undefined) {
    return await passphraseReader(passphraseSource, process.env)();
  }
  if (!process.stdin.isTTY) throw vaultError('vault-locked', vaultPlace(home).keyPath);
  const prompt = openPrompt(process.stderr);
  try {
    return await prompt.askPassphrase('Present passphrase of the vault: ');
  } finally {
    prompt.close();
  }
}

function secrets(count: number): string {
  return count === 1 ? '1 secret' : `${count} secrets`;
}
