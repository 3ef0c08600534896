import type { Terminal } from './terminal.js';

/** Stopping takes effect well within this, and while the job is stopped no time passes for it. */
const STOPPED_WITHIN_MS = 250;

/**
 * Handles Ctrl-Z: restores the terminal and stops the whole job, as the terminal driver would (a
 * package runner above this program is part of it). `fg` takes the terminal again.
 */
export function stopJob(terminal: Terminal): void {
  const goOn = (): void => {
    clearTimeout(timer);
    process.removeListener('SIGCONT', goOn);
    terminal.resume();
  };
  terminal.suspend();
  process.on('SIGCONT', goOn);
  // Without a shell that could continue it (as in a container) the kernel does not stop the job.
  // The timer also keeps the program alive: nothing else may, while the keyboard is not read.
  const timer = setTimeout(goOn, STOPPED_WITHIN_MS);
  process.kill(0, 'SIGTSTP');
}
