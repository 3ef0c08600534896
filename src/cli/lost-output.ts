import { closeSync, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { messageOf, refusalOf } from '../core/errors.js';
import { Emitter, type Event } from '../core/event.js';
import { EXIT } from './exit-codes.js';
import { notice } from './notices.js';

const NOBODY_READS = ['EPIPE', 'EIO'];

const lost = new Emitter<void>();
let isLost = false;
let isToldByCode = false;

/** Fires when standard output cannot be written although it may still be read, as on a full disk. */
export const onOutputLost: Event<void> = lost.event;

export function isOutputLost(): boolean {
  return isLost;
}

/** Keeps the exit code when output is lost: it tells of a server, and a script that tries again pays twice. */
export function tellByExitCode(): void {
  isToldByCode = true;
}

/**
 * Drops further output once its reader is gone (`| head`), or the terminal; work already begun continues. Output that
 * could not be written for another reason is told on standard error, and in the exit code.
 */
export function surviveLostOutput(): void {
  // Give up: no stream is left to tell it on.
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isLost || NOBODY_READS.includes(error.code ?? '')) return;
    isLost = true;
    const reason = refusalOf(error) ?? messageOf(error);
    notice(`Standard output cannot be written: ${reason}. Nothing more is printed there.`);
    lost.fire();
  });
  process.on('exit', (code) => {
    if (isLost && code === 0 && !isToldByCode) process.exitCode = EXIT.failed;
  });
}

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
