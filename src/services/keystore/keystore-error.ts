import { PortlamaError } from '../../core/errors.js';

/** What may be wrong with the operating system's store. */
export type OsStoreProblem =
  /** There is no D-Bus session, or it cannot be reached. */
  | 'no-dbus'
  /** Nothing on the D-Bus session keeps secrets. */
  | 'no-secret-service'
  /** The keyring is locked, or was never made, and nobody can be asked for its password here. */
  | 'locked'
  /** The store waits for somebody to answer a prompt, or for something else, without end. */
  | 'prompt-needed'
  | 'libsecret-missing'
  /** The store went away in the middle of a call. */
  | 'daemon-died'
  /** Anything else. */
  | 'store-failed';

/** What may be wrong with the encrypted vault. */
export type VaultProblem =
  /** Something that an earlier process stored is to be read, and there is no passphrase. */
  | 'vault-locked'
  | 'vault-passphrase-wrong'
  /** A file of it is not what was written. It is left as it is. */
  | 'vault-damaged'
  | 'vault-missing'
  /** There are secrets, and the file with their key is gone. */
  | 'vault-key-missing'
  | 'vault-exists'
  /** The file with its key asks for more work than this program does. */
  | 'vault-work-factor'
  /** The vault is used from two places, and what it was is no longer so. */
  | 'vault-changed';

export type KeystoreErrorCode =
  | OsStoreProblem
  | VaultProblem
  /** The program that keeps secrets in its memory for this process has ended. */
  | 'session-ended'
  /** Secrets were to be moved, and the other store does not give back what it was given. */
  | 'not-read-back';

/** The credential store could not do what was asked. `hint` holds the command that helps. */
export class KeystoreError extends PortlamaError {
  override readonly name = 'KeystoreError';
  declare readonly code: KeystoreErrorCode;
}
