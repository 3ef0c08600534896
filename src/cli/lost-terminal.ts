import { closeSync, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

const STANDARD_STREAMS = [0, 1, 2];

/**
 * Lets the program end with its exit code after its terminal went away. Node puts back the modes of the standard
 * streams when it ends, and aborts when that fails with anything but EPERM (node.cc, ResetStdio); streams that were
 * closed it leaves alone.
 */
export function surviveLostTerminal(): void {
  process.off('exit', closeLost).on('exit', closeLost);
}

function closeLost(): void {
  for (const descriptor of STANDARD_STREAMS) {
    try {
      if (fstatSync(descriptor).isCharacterDevice() && !isatty(descriptor)) closeSync(descriptor);
    } catch {
      // Closed already.
    }
  }
}
