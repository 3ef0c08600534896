import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Clock } from '../core/time.js';
import { type ChosenKeystore, chooseKeystore } from '../services/keystore/choose-keystore.js';
import { createSessionKeystore, type Keystore } from '../services/keystore/keystore.js';
import { passphraseReader } from '../services/keystore/passphrase-source.js';
import { joinSecrets, takeKey } from '../services/keystore/secrets-channel.js';
import type { Redactor } from '../services/log/redactor.js';
import type { SecretQuestion } from '../words/question.js';
import { SECRETS_DESCRIPTOR, type Settings } from './settings.js';

/** The stores of this process, `os` in the place of the operating system's; the vault opens by the passphrase's source, if one is set. */
export function openStores(
  settings: Settings,
  clock: Clock,
  redactor: Redactor,
  os: Keystore,
): ChosenKeystore {
  const { home, keystore: wish, passphraseSource } = settings;
  const stores = chooseKeystore({ home, clock, wish, os });
  if (passphraseSource !== undefined) {
    const read = passphraseReader(passphraseSource, process.env);
    let refused: unknown;
    stores.vault.unlockBy(async () => {
      // Throw the first refusal again: the source gives the same passphrase, and each try takes a second.
      if (refused !== undefined) throw refused;
      try {
        const passphrase = await read();
        await stores.vault.unlock(passphrase);
        redactor.add(passphrase);
      } catch (error) {
        refused = error;
        throw error;
      }
    });
  }
  return stores;
}

/** The store of a worker, with what the program that started it gave: its memory, or the key of the vault. */
export async function openWorkerStore(
  settings: Settings,
  clock: Clock,
  redactor: Redactor,
  os: Keystore,
): Promise<{ readonly keystore: Keystore; close(): void }> {
  const channel = openChannel();
  const close = (): void => void channel?.destroy();
  if (settings.keystore === 'session') {
    const memory = createSessionKeystore();
    return { keystore: channel === undefined ? memory : joinSecrets(channel, memory.title), close };
  }
  const stores = openStores(settings, clock, redactor, os);
  const identity = channel === undefined ? '' : await takeKey(channel);
  redactor.add(identity);
  if (identity !== '') await stores.vault.unlockWithKey(identity);
  return { keystore: stores, close };
}

/**
 * Asks for the passphrase from now on when a read needs it; Enter alone leaves the vault locked. Requires a keyboard,
 * and no other source of the passphrase.
 */
export function askForPassphrase(
  {
    stores,
    settings,
    redactor,
  }: {
    readonly stores: ChosenKeystore | undefined;
    readonly settings: Pick<Settings, 'passphraseSource'>;
    readonly redactor: Redactor;
  },
  ask?: (question: SecretQuestion) => Promise<string>,
): void {
  const isSupplied = settings.passphraseSource !== undefined;
  if (stores === undefined || isSupplied || !process.stdin.isTTY) return;
  stores.vault.unlockBy(async () => {
    // Loaded late: most commands read no secret.
    const { askToUnlock } = await import('../usecases/vault.js');
    const secret = ask ?? (await import('./secret-input.js')).askSecret;
    await askToUnlock(stores.vault, { redactor, face: { secret: (question) => secret(question) } });
  });
}

/** Undefined where this process was not started by the program. */
function openChannel(): Socket | undefined {
  try {
    const isChannel = fstatSync(SECRETS_DESCRIPTOR).isSocket();
    return isChannel ? new Socket({ fd: SECRETS_DESCRIPTOR }) : undefined;
  } catch {
    return undefined;
  }
}
