import type { ApiErrorCode } from './api-error.js';

/** What is told of one kind of failure. `{scope}`, `{host}` and `{status}` are filled in. */
export interface Failure {
  readonly code: ApiErrorCode;
  /** What happened, without full stop: `DigitalOcean is rate limiting`. */
  readonly reason: string;
  readonly hint: string;
  /** May succeed later without anything being changed. */
  readonly retryable?: true;
}
