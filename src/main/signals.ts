import { type Disposable, toDisposable } from '../core/lifecycle.js';
import { PROGRAM } from '../core/product.js';
import type { Terminal } from '../widgets/terminal/terminal.js';
import { handleDefects } from '../cli/defects.js';
import { type EndingSignal, exitCodeOf, onEnding } from '../cli/endings.js';
import type { World } from './world.js';
import { writeText } from '../cli/write.js';

export interface Signals extends Disposable {
  /** Resolves at the first signal; the second ends the program at once. */
  readonly ended: Promise<EndingSignal>;
}

/**
 * Restores the terminal before the program ends, however it ends: after a signal by the waiter for `ended`, after a
 * defect with exit code 1 and the text in the debug log. A provisioning continues in a process of its own.
 */
export function takeSignals(terminal: Terminal, world: World): Signals {
  const leave = (code: number, farewell?: string): void => {
    terminal.restore();
    if (farewell !== undefined) writeText(process.stderr, farewell);
    process.exit(code);
  };
  let isEnding = false;
  let ending: Disposable | undefined;
  const ended = new Promise<EndingSignal>((resolve) => {
    ending = onEnding((signal) => {
      if (isEnding) leave(exitCodeOf(signal));
      isEnding = true;
      resolve(signal);
    });
  });
  const defects = handleDefects(world, (text) =>
    leave(
      1,
      `${PROGRAM} ended because of a defect. A running provisioning continues in the background.\n${text}\n`,
    ),
  );
  return {
    ended,
    ...toDisposable(() => {
      ending?.dispose();
      defects.dispose();
    }),
  };
}
