import type { ServerEntry } from '../registry/registry.js';
import type { Lack } from './health.js';

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
