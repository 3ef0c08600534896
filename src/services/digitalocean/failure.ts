import type { ApiErrorCode } from './api-error.js';

/** Texts for one kind of failure. `{scope}`, `{host}` and `{status}` are filled in. */
export interface Failure {
  readonly code: ApiErrorCode;
  /** Cause without a full stop: `DigitalOcean is rate limiting`. */
  readonly reason: string;
  readonly hint: string;
  /** May succeed later without anything being changed. */
  readonly retryable?: true;
}
