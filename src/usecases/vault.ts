import { QUESTION_HELP } from '../words/question-help.js';
import { InputError } from '../core/errors.js';
import { hintText } from '../words/hints.js';
import { KeystoreError, TOKEN_KEY } from '../services/keystore/keystore.js';
import {
  passphraseStrength,
  requireGoodPassphrase,
} from '../services/keystore/passphrase-strength.js';
import { vaultError } from '../services/keystore/vault-error.js';
import { vaultPlace } from '../services/keystore/vault-files.js';
import type { VaultKeystore } from '../services/keystore/vault-keystore.js';
import type { SecretQuestion } from '../words/question.js';
import { Declined, type Face } from './face.js';
import { requireChoice, requireVault } from './stores.js';
import type { KeyWork, Services, Work } from './work.js';

/** Attempts at the passphrase before a command gives up. */
const TRIES = 3;

/** Opens the vault until the program ends. Throws `vault-passphrase-wrong`. */
export async function unlockVault(typed: string, work: KeyWork): Promise<void> {
  requireTyped(typed);
  await openVault(typed, requireChoice(work).vault, work);
  work.face.say('The vault is open until the program ends.', 'ok');
  work.news({ kind: 'store-changed' });
}

/** Asks for the passphrase where a read needs it, three times at most. Declined: the vault stays locked. */
export async function askToUnlock(
  vault: VaultKeystore,
  work: Pick<Services, 'redactor'> & { readonly face: Pick<Face, 'secret'> },
): Promise<void> {
  let lines: readonly string[] = [];
  for (let tries = 1; ; tries++) {
    try {
      const typed = await work.face.secret({
        field: 'Passphrase of the vault',
        lines,
        help: QUESTION_HELP.vaultPassphrase,
      });
      return await openVault(typed, vault, work);
    } catch (error) {
      if (error instanceof Declined) return;
      const isWrong = error instanceof KeystoreError && error.code === 'vault-passphrase-wrong';
      if (!isWrong || tries === TRIES) throw error;
      lines = [error.message];
    }
  }
}

async function openVault(
  typed: string,
  vault: VaultKeystore,
  { redactor }: Pick<Services, 'redactor'>,
): Promise<void> {
  await vault.unlock(typed);
  // Redacted only once it opened the vault: a wrong one may be any word.
  redactor.add(typed);
}

/** Asks for a new passphrase, and creates the vault. */
export async function initVault(work: Work): Promise<void> {
  const stores = requireChoice(work);
  // Refused before a passphrase is asked for.
  requireVault(work.environment.home, 'absent');
  await createVault(await askNewPassphrase(work), work);
  if ((await stores.findOsProblem()) !== undefined) return;
  if ((await stores.os.get(TOKEN_KEY)) !== undefined)
    work.face.say(
      {
        lead: `${stores.os.title} holds a token. Move it too`,
        command: 'vault.move-to-vault',
      },
      'advice',
    );
}

/** Creates the vault, and keeps secrets in it from now on. Those in memory are moved along. */
export async function createVault(passphrase: string, work: KeyWork): Promise<void> {
  const { face, news, environment } = work;
  const stores = requireChoice(work);
  await createWith(passphrase, work);
  face.say(`Secrets are kept in ${stores.title} from now on.`, 'ok');
  face.say(`Its key is ${vaultPlace(environment.home).keyPath}.`, 'advice');
  face.say('It opens only with the passphrase: keep that in a safe place.', 'advice');
  news({ kind: 'store-changed' });
}

/** Creates the vault without a word. Throws `passphrase-weak`, or `vault-exists`. */
export async function createWith(passphrase: string, work: KeyWork): Promise<void> {
  const stores = requireChoice(work);
  requireGoodPassphrase(passphrase);
  work.redactor.add(passphrase);
  await stores.createVault(passphrase);
}

/** Asks for both passphrases, and replaces the old one. */
export async function changePassphrase(work: Work): Promise<void> {
  requireChoice(work);
  const { keyPath } = vaultPlace(work.environment.home);
  requireVault(work.environment.home, 'present');
  const present =
    (await work.suppliedPassphrase?.()) ??
    (await work.face.secret({
      field: 'Current passphrase of the vault',
      help: QUESTION_HELP.vaultPassphrase,
      // Standard input holds the new one.
      unlessTyped: vaultError('vault-locked', keyPath),
    }));
  await replacePassphrase(present, await work.face.secret(newPassphraseQuestion()), work);
}

/** Gives the vault another passphrase. Throws `vault-passphrase-wrong`. */
export async function replacePassphrase(
  present: string,
  passphrase: string,
  work: KeyWork,
): Promise<void> {
  const { face, redactor, news, environment } = work;
  requireTyped(present);
  requireGoodPassphrase(passphrase);
  redactor.add(passphrase);
  await requireChoice(work).changePassphrase(present, passphrase);
  face.say('Changed the passphrase of the vault. Old copies still open with the old one.', 'ok');
  face.say(`To be safe, delete other copies of ${vaultPlace(environment.home).keyPath}.`, 'advice');
  news({ kind: 'store-changed' });
}

/** The new passphrase of a form with two fields. Throws InputError when they differ. */
export function repeatedPassphrase(first: string, again: string): string {
  requireGoodPassphrase(first);
  if (again === first) return first;
  throw notTyped('The passphrases do not match.', 'Type the new passphrase in both fields.');
}

/** Reads a new passphrase from its source, if there is one, or asks for it. */
export async function askNewPassphrase(work: Work): Promise<string> {
  const supplied = await work.suppliedPassphrase?.();
  if (supplied === undefined) return await work.face.secret(newPassphraseQuestion());
  requireGoodPassphrase(supplied);
  work.face.say(`Strength of the passphrase: ${passphraseStrength(supplied).text}.`);
  return supplied;
}

function newPassphraseQuestion(): SecretQuestion {
  return {
    field: 'New passphrase of the vault',
    help: QUESTION_HELP.newVaultPassphrase,
    fresh: { repeat: 'Repeat passphrase', judge: judgePassphrase },
  };
}

/** Judges a new passphrase while it is typed: refused ones are easily guessed. */
export function judgePassphrase(typed: string): {
  readonly refused: boolean;
  readonly text: string;
} {
  try {
    requireGoodPassphrase(typed);
    return { refused: false, text: `Strength: ${passphraseStrength(typed).text}.` };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { refused: true, text: `${error.message} ${hintText(error.hint, { sandbox: false })}` };
  }
}

function requireTyped(typed: string): void {
  if (typed === '') throw notTyped('The field is empty.', 'Type the passphrase of the vault.');
}

function notTyped(message: string, hint: string): InputError {
  return new InputError({ code: 'passphrase-not-typed', message, hint });
}
