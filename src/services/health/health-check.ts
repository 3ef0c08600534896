import type { ServerEntry } from '../registry/registry.js';
import type { Lack } from './health.js';

/** What one look at a panel found. */
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
  /** A person asked for it: what was found wrong a moment ago is looked at again. */
  readonly fresh: boolean;
}

/** Looks at one server's panel. Rejects on abort only. */
export type HealthCheck = (server: ServerEntry, options: CheckOptions) => Promise<CheckResult>;
