const NOBODY_READS = ['EPIPE', 'EIO'];

/**
 * Nobody reads on (`| head`), or the terminal is gone: what is still said goes nowhere, and what was begun is done all
 * the same.
 */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!NOBODY_READS.includes(error.code ?? '')) throw error;
    });
  }
}
