const NOBODY_READS = ['EPIPE', 'EIO'];

/** Drops further output once its reader is gone (`| head`), or the terminal; work already begun continues. */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!NOBODY_READS.includes(error.code ?? '')) throw error;
    });
  }
}
