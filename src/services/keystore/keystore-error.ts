import { PortlamaError } from '../../core/errors.js';

export type KeystoreErrorCode =
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

/** The credential store could not do what was asked. `hint` holds the command that helps. */
export class KeystoreError extends PortlamaError {
  override readonly name = 'KeystoreError';
  declare readonly code: KeystoreErrorCode;
}
