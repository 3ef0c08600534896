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

/** Refusals of the operating system by code, each the end of a sentence. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it already exists',
  EIO: 'the device failed',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links form a loop',
  EMFILE: 'too many files are open (allow more with ulimit -n 1024)',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many files are open on this machine',
  ENOENT: 'there is no such file or folder',
  ENOMEM: 'there is no memory left',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file and not a folder',
  ENOTEMPTY: 'the folder is not empty',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
};

/** The operating system's refusal behind an error, as the end of a sentence; undefined for any other error. */
export function refusalOf(thrown: unknown): string | undefined {
  const { syscall } = (thrown ?? {}) as NodeJS.ErrnoException;
  // PortlamaErrors and network errors have words of their own.
  return syscall === undefined ? undefined : REFUSALS[systemCodeOf(thrown) ?? ''];
}

/** The message of anything that was thrown; a refusal of the operating system in words, with its path. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const refusal = refusalOf(thrown);
  if (refusal === undefined) return thrown.message;
  const { path, syscall } = thrown as NodeJS.ErrnoException;
  return `${path ?? `The system call ${syscall}`} cannot be used: ${refusal}.`;
}

/** Node's error code (`ENOENT`, `ECONNREFUSED`), or undefined. */
export function systemCodeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Refusal while another provisioning runs, in every face. `facts` say which, and where it runs. */
export function provisioningBusyText(facts: readonly string[]): string {
  return `Another provisioning operation is in progress (${facts.join(', ')}).`;
}

/** Tells an abort through an AbortSignal from a failure. */
export function isAbort(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    (thrown.name === 'AbortError' || systemCodeOf(thrown) === 'ABORT_ERR')
  );
}

/** Quotes typed text for an error; a long one is cut after 60 characters. */
export function quoted(typed: string): string {
  return JSON.stringify(typed.length > 60 ? `${typed.slice(0, 39)}…${typed.slice(-20)}` : typed);
}
