/** A failed connection with a system code (`ECONNREFUSED`), as Node's own errors carry it. */
export function networkError(code: string, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, cause === undefined ? undefined : { cause }), { code });
}

/** Gives the error for an aborted call: the signal's own reason when that is an error. */
export function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error
    ? reason
    : new DOMException('The operation was aborted', 'AbortError');
}

/** `192.0.2.1:22` or `[2001:db8::1]:22`. */
export function authorityOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
