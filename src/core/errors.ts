import type { Hint } from './hint.js';

/** Fields common to all errors shown to the user. */
export interface ErrorDetails {
  /** Stable, kebab-case, for programs and tests: `token-invalid`, `host-key-changed`. */
  readonly code: string;
  /** Cause in one sentence; no secret, no trailing stack. */
  readonly message: string;
  /** Way out: action for the user, as data; `words/hints.ts` makes text of it. */
  readonly hint?: Hint | undefined;
  /** True when the same call may succeed later with nothing changed. */
  readonly retryable?: boolean | undefined;
  readonly cause?: unknown;
}

/** Base of all errors that are meant to be shown. Anything else that is thrown is a defect. */
export class PortlamaError extends Error {
  override readonly name: string = 'PortlamaError';
  readonly code: string;
  readonly hint: Hint | undefined;
  readonly retryable: boolean;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.hint = details.hint;
    this.retryable = details.retryable ?? false;
  }
}

/** Bad input from the person: refused before anything was done. */
export class InputError extends PortlamaError {
  override readonly name = 'InputError';
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Node's error code (`ENOENT`, `ECONNREFUSED`), or undefined. */
export function systemCodeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Tells an abort through an AbortSignal from a failure. */
export function isAbort(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    (thrown.name === 'AbortError' || systemCodeOf(thrown) === 'ABORT_ERR')
  );
}
