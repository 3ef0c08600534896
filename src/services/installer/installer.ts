import type { SshConnection } from '../ssh/ssh.js';
import { ENV, INSTALL_JOB } from '../../core/product.js';
import { PortlamaError } from '../../core/errors.js';

/** Steps of create-portlama in order, plus our bootstrap's before them. */
export type InstallerStatus = 'running' | 'complete' | 'skipped' | 'failed';

/** Event reported by the installation on the droplet, one per line of its log. */
export type InstallerEvent =
  | { readonly kind: 'step'; readonly step: string; readonly status: InstallerStatus }
  | { readonly kind: 'log'; readonly text: string }
  /** `code` is given by our bootstrap only: `apt-locked`, `out-of-memory`, … */
  | { readonly kind: 'error'; readonly message: string; readonly code?: string }
  | {
      readonly kind: 'complete';
      readonly server: {
        readonly ip: string;
        readonly panelUrl: string;
        readonly p12Path: string;
        readonly p12PasswordPath: string;
      };
    };

/** Source of the installer: an npm spec, or the absolute path of a local .tgz to upload. */
export type InstallerSource =
  | { readonly kind: 'npm'; readonly spec: string }
  | { readonly kind: 'tarball'; readonly path: string };

export interface InstallOptions {
  readonly source: InstallerSource;
  /** Names the folder on the droplet, so that a resumed run finds the installation that is under way. */
  readonly operationId: string;
  /** Byte offset in the droplet's log to continue from; 0 for the start. */
  readonly fromOffset: number;
  /** Awaited: `offset` is the position just after this event's line. */
  readonly onEvent: (event: InstallerEvent, offset: number) => void | Promise<void>;
  /**
   * Starts a new run when the earlier one on this droplet failed; its log is appended to the old
   * one's. For the first call only: after a lost connection it would start another run.
   */
  readonly again?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts the bootstrap and installer on the droplet unless they run or ran already, and follows their log until
 * they end. Resolves when the installer succeeded. Rejects with InstallerError (`install-failed` with the
 * installer's own message, `out-of-memory`, `apt-locked`, …) when it failed, and with SshError `connection-lost`
 * when the connection dropped: then connect again and call this again with the last offset.
 */
export type RunInstaller = (connection: SshConnection, options: InstallOptions) => Promise<void>;

/** An installation prints about 1 MiB in 10,000 lines. What prints more than this prints without an end. */
export const LOG_MAX_BYTES = 64 * 1024 * 1024;
export const LOG_MAX_LINES = 300_000;

export function logTooLong(): InstallerError {
  return installerError(
    'log-too-long',
    `The installation has printed more than ${LOG_MAX_BYTES / 1024 / 1024} MiB, or more than ${LOG_MAX_LINES} lines.`,
  );
}

/** Home of the connecting user on a droplet. */
export const REMOTE_HOME = '/root';

/** The folder of one operation on the droplet. The id goes into a shell command, so it is nothing but letters, digits and hyphens. */
export function remoteFolder(operationId: string, home: string): string {
  if (!/^[A-Za-z0-9-]{1,64}$/.test(operationId)) {
    throw new TypeError('An operation id is made of letters, digits and hyphens.');
  }
  return `${home}/.${INSTALL_JOB}${operationId}`;
}

/** The installation on the server did not succeed. `message` is the installer's own where it gave one. */
export class InstallerError extends PortlamaError {
  override readonly name = 'InstallerError';
}

/** Ways out that lie outside the server; the others are in `words/errors.ts`, by the state of the server. */
const HINTS: Readonly<Record<string, string>> = {
  'install-incomplete': `Check that ${ENV.installer} names the Portlama installer, and that it is a version that knows --json.`,
  'log-too-long': `Something on the server prints without an end. Check that ${ENV.installer} names the Portlama installer.`,
  'installer-missing': `Check the package name and version in ${ENV.installer}.`,
  'hand-over-failed': 'The server still has its temporary keys.',
};

/** An InstallerError with the hint that belongs to its code. */
export function installerError(code: string, message: string, cause?: unknown): InstallerError {
  return new InstallerError({ code, message, hint: HINTS[code], cause });
}
