import { type Disposable, toDisposable } from '../../core/lifecycle.js';
import type { Terminal } from './terminal.js';

/** Stopping takes effect well within this, and while the job is stopped no time passes for it. */
const STOPPED_WITHIN_MS = 250;

export interface JobControl extends Disposable {
  /** Handles Ctrl-Z: stops the whole job, as the terminal driver would (a package runner above is part of it). */
  stop(): void;
}

/**
 * Gives the terminal back before a stop, and takes it again at SIGCONT (`fg`), however the stop came: SIGSTOP comes
 * without notice, and the shell changes the modes meanwhile.
 */
export function controlJob(terminal: Terminal): JobControl {
  let timer: NodeJS.Timeout | undefined;
  const takeAgain = (): void => {
    clearTimeout(timer);
    terminal.resume();
    process.off('SIGTSTP', handleStop).on('SIGTSTP', handleStop);
  };
  const stopBy = (stop: () => void): void => {
    terminal.suspend();
    // Without a shell that could continue it (as in a container) the kernel does not stop the job.
    // The timer also keeps the program alive: nothing else may, while the keyboard is not read.
    timer = setTimeout(takeAgain, STOPPED_WITHIN_MS);
    // The signal's own effect, which a listener takes away.
    process.off('SIGTSTP', handleStop);
    stop();
  };
  const handleStop = (): void => stopBy(() => process.kill(process.pid, 'SIGTSTP'));
  process.on('SIGTSTP', handleStop).on('SIGCONT', takeAgain);
  return {
    stop: () => stopBy(() => process.kill(0, 'SIGTSTP')),
    ...toDisposable(() => {
      clearTimeout(timer);
      process.off('SIGTSTP', handleStop).off('SIGCONT', takeAgain);
    }),
  };
}
