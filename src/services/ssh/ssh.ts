import type { Dial } from '../network/dial.js';

/** A key pair made in process. */
export interface SshKeyPair {
  /** OpenSSH PEM. Secret. */
  readonly privateKey: string;
  /** One authorized_keys line: `ssh-ed25519 AAAA… comment`. */
  readonly publicKey: string;
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly sha256: string;
  /** Colon-separated MD5, as DigitalOcean names keys. */
  readonly md5: string;
}

export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** OpenSSH PEM. */
  readonly privateKey: string;
  /** The only host key that is accepted: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  readonly dial: Dial;
}

export interface ExecResult {
  /** Undefined when the command was ended by a signal. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

export interface ExecOptions {
  /** Called per chunk as it arrives. A promise holds the stream back. */
  readonly onStdout?: ((chunk: Buffer) => void | Promise<void>) | undefined;
  readonly onStderr?: ((chunk: Buffer) => void | Promise<void>) | undefined;
  /**
   * Limit for both streams together, read or not; more ends the command and rejects with
   * `output-too-large`. Default 1 MiB.
   */
  readonly maxBytes?: number | undefined;
  readonly stdin?: string | Buffer | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One SSH connection. Calls reject with SshError: `host-key-changed` (never retried), `connection-lost`,
 * `connection-refused`, `connection-timeout`, `authentication-failed`, …; the last three may be retryable.
 */
export interface SshConnection {
  /** `SHA256:…` of the verified host key. */
  readonly hostKeySha256: string;
  /** True once the connection ended, however it ended. */
  readonly closed: boolean;
  /** At most 32,000 bytes of command. A longer one is a defect. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Uploads over SFTP, mode set before any content is written. */
  writeFile(
    remotePath: string,
    content: Buffer | string,
    mode: number,
    signal?: AbortSignal,
  ): Promise<void>;
  close(): void;
}

export type ConnectSsh = (
  target: SshTarget,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
) => Promise<SshConnection>;
