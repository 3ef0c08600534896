import type { SshConnection } from '../ssh/ssh.js';

/** Steps of create-portlama in order, plus our bootstrap's before them. */
export type InstallerStatus = 'running' | 'complete' | 'skipped' | 'failed';

/** What the installation on the droplet reported, one line of its log at a time. */
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

/** Where the installer comes from: an npm spec, or the absolute path of a local .tgz that is uploaded. */
export type InstallerSource =
  | { readonly kind: 'npm'; readonly spec: string }
  | { readonly kind: 'tarball'; readonly path: string };

export interface InstallOptions {
  readonly source: InstallerSource;
  /** Names the folder on the droplet, so that a resumed run finds the installation that is under way. */
  readonly operationId: string;
  /** Byte offset in the droplet's log to go on from; 0 for the start. */
  readonly fromOffset: number;
  /** Awaited: `offset` is the position just after this event's line. */
  readonly onEvent: (event: InstallerEvent, offset: number) => void | Promise<void>;
  /**
   * Starts a new run when the earlier one on this droplet ended with a failure; its log goes on after the old
   * one's. For the first call only: after a lost connection it would start yet another one.
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
