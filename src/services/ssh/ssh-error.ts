import { PortlamaError } from '../../core/errors.js';

/** Everything that can go wrong on an SSH connection; the codes are the contract with callers. */
export type SshErrorCode =
  | 'host-key-changed'
  | 'authentication-failed'
  | 'connection-refused'
  | 'connection-timeout'
  | 'connection-reset'
  | 'connection-lost'
  | 'host-unreachable'
  | 'host-not-found'
  | 'not-ssh'
  | 'ssh-incompatible'
  | 'session-refused'
  | 'output-too-large'
  | 'private-key-invalid'
  | 'host-key-invalid'
  | 'file-missing'
  | 'file-too-large'
  | 'file-denied'
  | 'file-failed';

/** A failed SSH connection, command or transfer. Its text never holds a key or the output of a command. */
export class SshError extends PortlamaError {
  override readonly name = 'SshError';
  declare readonly code: SshErrorCode;
}
