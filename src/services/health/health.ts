import type { ServerEntry } from '../registry/registry.js';
import { messageOf, PortlamaError } from '../../core/errors.js';
import { PanelError } from '../panel/panel-error.js';
import type { PanelErrorCode } from '../panel/panel.js';

/** Known state of a server's panel. Times are epoch milliseconds. */
export type Health = PanelState & {
  /** End of the admin certificate that the panel was asked with; left out while that is not known. */
  readonly certificateEndsAt?: number;
};

type PanelState =
  | { readonly state: 'checking' }
  | {
      readonly state: 'online';
      readonly since: number;
      readonly latencyMs: number;
      readonly version: string | undefined;
    }
  | {
      readonly state: 'offline';
      readonly since: number;
      readonly reason: string;
      readonly code: string;
    }
  /** Panel that this computer cannot open as it is. */
  | {
      readonly state: 'certificate-needed';
      readonly since: number;
      readonly reason: string;
      readonly lacks: Lack;
    }
  /** Its certificate is not the pinned one. */
  | { readonly state: 'certificate-changed'; readonly since: number; readonly reason: string };

/** Missing prerequisite for opening a panel. */
export type Lack =
  /** A client certificate that the panel accepts. */
  | 'client-certificate'
  /** The password of the client certificate. */
  | 'password'
  /** Confirmation of the panel's own certificate by the user. */
  | 'confirmation'
  /** They may all be there, but cannot be got at now: the store or the keychain is locked, or a tool is missing. */
  | 'access';

export interface HealthChange {
  readonly serverId: string;
  readonly health: Health;
  /** Latencies of the last 10 minutes, oldest first; undefined where a check failed. */
  readonly samples: readonly (number | undefined)[];
}

/** Result of one health check of a panel. */
export type CheckResult =
  | { readonly state: 'online'; readonly latencyMs: number; readonly version: string | undefined }
  | { readonly state: 'offline'; readonly reason: string; readonly code: string }
  | CertificateNeeded
  | { readonly state: 'certificate-changed'; readonly reason: string };

export interface CertificateNeeded {
  readonly state: 'certificate-needed';
  readonly reason: string;
  readonly lacks: Lack;
}

export function certificateNeeded(lacks: Lack, reason: string): CertificateNeeded {
  return { state: 'certificate-needed', lacks, reason };
}

export interface CheckOptions {
  readonly signal: AbortSignal;
  /** Set when requested by the user: repeats checks that failed a moment ago. */
  readonly fresh: boolean;
}

/** Looks at one server's panel. Rejects on abort only. */
export type HealthCheck = (server: ServerEntry, options: CheckOptions) => Promise<CheckResult>;

/**
 * Maps a failed check to a result about the panel, or about a credential missing on this computer.
 */
export function resultOf(error: unknown): CheckResult {
  const reason = messageOf(error);
  if (!(error instanceof PanelError)) {
    // The store, or a file: nothing is known of the panel.
    if (error instanceof PortlamaError) return certificateNeeded('access', reason);
    return { state: 'offline', code: 'check-failed', reason };
  }
  if (error.code === 'panel-certificate-changed') return { state: 'certificate-changed', reason };
  const lacks = LACKS[error.code];
  if (lacks !== undefined) return certificateNeeded(lacks, reason);
  return { state: 'offline', code: error.code, reason };
}

/** Those that are not here are the panel's fault, or that of the way to it. */
const LACKS: Readonly<Partial<Record<PanelErrorCode, Lack>>> = {
  'panel-certificate-required': 'client-certificate',
  'panel-certificate-expired': 'client-certificate',
  'p12-unreadable': 'client-certificate',
  'identity-missing': 'client-certificate',
  'p12-wrong-password': 'password',
  'identity-ambiguous': 'access',
  'identity-locked': 'access',
  'identity-denied': 'access',
  'curl-failed': 'access',
};
