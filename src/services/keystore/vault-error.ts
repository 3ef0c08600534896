import type { Hint } from '../../core/hint.js';
import { ENV } from '../../core/product.js';
import { KeystoreError, type VaultProblem } from './keystore.js';

/** An error about the vault. `path` is the file it is about; the text never holds what is in it. */
export function vaultError(code: VaultProblem, path: string, cause?: unknown): KeystoreError {
  const [message, hint] = WORDS[code](path);
  return new KeystoreError({ code, message, hint, cause });
}

type Words = (path: string) => readonly [message: string, hint: Hint];

const WORDS: Readonly<Record<VaultProblem, Words>> = {
  'vault-locked': (path) => [
    `The vault is locked: reading from it needs its passphrase (${path}).`,
    `Type it where the program asks for it, or hand it over by ${ENV.passphraseFd} or ${ENV.passphraseCommand}.`,
  ],
  'vault-passphrase-wrong': (path) => [
    `This is not the passphrase of the vault (${path}).`,
    'Try again. It cannot be recovered: without it the contents of the vault are lost.',
  ],
  'vault-damaged': (path) => [
    `A file of the vault is damaged, and is left as it is: ${path}`,
    'Put a backup of it in its place. Without one, move it away; store its contents again.',
  ],
  'vault-missing': (path) => [
    `There is no vault (${path}).`,
    { lead: 'Create one with', command: 'vault.init' },
  ],
  'vault-key-missing': (path) => [
    `There are secrets of a vault whose key is gone: ${path} is missing.`,
    'Put a backup of that file in its place. Without one, move the folder "vault" beside it away.',
  ],
  'vault-exists': (path) => [`A vault already exists (${path}).`, { command: 'vault.passphrase' }],
  'vault-work-factor': (path) => [
    `Opening ${path} needs more work than this program allows.`,
    'Encrypt it again with the age tool and a scrypt work factor of at most 20.',
  ],
  'vault-changed': (path) => [
    `Another program changed the vault meanwhile (${path}).`,
    'Try again.',
  ],
};
