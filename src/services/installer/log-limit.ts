import { type InstallerError, installerError } from './installer-error.js';

/** An installation prints about 1 MiB in 10,000 lines. What prints more than this prints without an end. */
export const LOG_MAX_BYTES = 64 * 1024 * 1024;
export const LOG_MAX_LINES = 300_000;

export function logTooLong(): InstallerError {
  return installerError(
    'log-too-long',
    `The installation has printed more than ${LOG_MAX_BYTES / 1024 / 1024} MiB, or more than ${LOG_MAX_LINES} lines.`,
  );
}
