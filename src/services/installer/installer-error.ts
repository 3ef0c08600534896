import { PortlamaError } from '../../core/errors.js';
import { ENV } from '../../core/product.js';

/** The installation on the server did not succeed. `message` is the installer's own where it gave one. */
export class InstallerError extends PortlamaError {
  override readonly name = 'InstallerError';
}

const HINTS: Readonly<Record<string, string>> = {
  'install-failed':
    'The log says more. A failure to download is usually over when you try again later.',
  'install-interrupted': 'The server may have restarted in the middle.',
  'install-incomplete': `Check that ${ENV.installer} names the Portlama installer, and that it is a version that knows --json.`,
  'out-of-memory':
    'The smallest droplets need the swap file that is made first; the log says whether that worked. Try again, or use a larger size.',
  'apt-locked':
    'Another package installation runs on the server, often its own automatic updates. Try again in some minutes.',
  'disk-full': 'The server’s disk is full. Use a larger size.',
  'node-download-failed':
    'The server could not download Node.js from nodejs.org or NodeSource. Check its network and firewall, then try again.',
  'node-checksum-wrong':
    'The download was damaged, or changed on its way to the server. Try another region; if it stays, report it.',
  'log-too-long': `Something on the server prints without an end. Check that ${ENV.installer} names the Portlama installer.`,
  'installer-missing': `Check the package name and version in ${ENV.installer}.`,
  'registry-unreachable':
    'The server could not reach the npm registry. This is usually over when you try again later.',
  'hand-over-failed': 'The server still has its temporary keys. Try again.',
};

/** An InstallerError with the hint that belongs to its code. */
export function installerError(code: string, message: string, cause?: unknown): InstallerError {
  return new InstallerError({ code, message, hint: HINTS[code] ?? HINTS['install-failed'], cause });
}
