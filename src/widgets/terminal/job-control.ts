import type { Terminal } from './terminal.js';

/**
 * What Ctrl-Z does: gives the terminal back and stops the whole job, as the terminal driver would
 * (a package runner above this program is part of it). `fg` takes the terminal again.
 */
export function stopJob(terminal: Terminal): void {
  terminal.suspend();
  process.once('SIGCONT', () => terminal.resume());
  process.kill(0, 'SIGTSTP');
}
