import type { PortlamaError } from '../../core/errors.js';
import type { SshConnection } from '../ssh/ssh.js';

/** The way onto the droplet: connects when needed, and again when the connection drops. */
export interface DropletShell {
  /** Why it could not be reached at the last try; undefined since it could. */
  readonly trouble: PortlamaError | undefined;
  /** Calls `work` again on a new connection when it failed because the old one dropped. */
  use<T>(work: (connection: SshConnection) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): void;
}
