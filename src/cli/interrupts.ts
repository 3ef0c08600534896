import { asTyped } from '../core/program-name.js';
import { type Disposable, toDisposable } from '../core/lifecycle.js';
import type { World } from './world.js';
import { writeText } from './write.js';

const EXIT_INTERRUPTED = 130;

/** From now on Ctrl-C says this and ends the program: what becomes of the work, and how to come back to it. */
export function onInterrupt(
  { settings }: Pick<World, 'settings'>,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): Disposable {
  const handleInterrupt = (): void => {
    writeText(stream, `\n${asTyped(text, settings)}\n`, () => process.exit(EXIT_INTERRUPTED));
  };
  process.on('SIGINT', handleInterrupt);
  return toDisposable(() => process.off('SIGINT', handleInterrupt));
}
