import type { SshConnection } from '../ssh/ssh.js';

/** The way onto the droplet: connects when needed, and again when the connection drops. */
export interface DropletShell {
  /** Calls `work` again on a new connection when it failed because the old one dropped. */
  use<T>(work: (connection: SshConnection) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): void;
}
