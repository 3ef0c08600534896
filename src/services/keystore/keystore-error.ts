import { PortlamaError } from '../../core/errors.js';

/** Problems of the operating system's store. */
export type OsStoreProblem =
  /** D-Bus session missing or unreachable. */
  | 'no-dbus'
  /** No service on the D-Bus session stores secrets. */
  | 'no-secret-service'
  /** Keyring locked or never created, with no way to prompt for its password here. */
  | 'locked'
  /** Store that waits without end for a prompt or for something else. */
  | 'prompt-needed'
  | 'libsecret-missing'
  /** The store went away in the middle of a call. */
  | 'daemon-died'
  /** Anything else. */
  | 'store-failed';

/** Problems of the encrypted vault. */
export type VaultProblem =
  /** Passphrase missing for a secret stored by an earlier process. */
  | 'vault-locked'
  | 'vault-passphrase-wrong'
  /** A file of it is not what was written. It is left as it is. */
  | 'vault-damaged'
  | 'vault-missing'
  /** Secrets exist, but the file with their key is gone. */
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
