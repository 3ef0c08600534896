import { constants } from 'node:os';
import { type Disposable, toDisposable } from '../core/lifecycle.js';
import type { Terminal } from '../widgets/terminal/terminal.js';
import { handleDefects } from './defects.js';
import type { World } from './world.js';
import { writeText } from './write.js';

const EXIT_BY_SIGNAL = 128;
const ENDING = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;

/**
 * However the program ends, the terminal is put back first: signals exit with 128+n as a shell expects, a defect
 * with 1 and its text in the debug log. A provisioning is a process of its own and goes on.
 */
export function takeSignals(terminal: Terminal, world: World): Disposable {
  const leave = (code: number, farewell?: string): void => {
    terminal.restore();
    if (farewell !== undefined) writeText(process.stderr, farewell);
    process.exit(code);
  };
  const handlers = ENDING.map((signal) => {
    const handle = (): void => leave(EXIT_BY_SIGNAL + constants.signals[signal]);
    process.on(signal, handle);
    return toDisposable(() => process.off(signal, handle));
  });
  const defects = handleDefects(world, (text) =>
    leave(
      1,
      `portlama-tui ended because of a defect. A provisioning goes on in the background.\n${text}\n`,
    ),
  );
  return toDisposable(() => {
    for (const handler of handlers) handler.dispose();
    defects.dispose();
  });
}
