import { type Disposable, toDisposable } from '../core/lifecycle.js';
import { PROGRAM } from '../core/product.js';
import { Redactor } from '../services/log/redactor.js';
import type { World } from '../main/world.js';
import { EXIT } from './exit-codes.js';
import { writeText } from './write.js';

type Handler = (error: unknown) => void;

let handler: Handler = (error) => endWith(new Redactor().clean(textOf(error)));

/**
 * From now on a defect ends this process with its text cleaned of secrets. Node alone would print it as it is,
 * with the line of source that it came from.
 */
export function catchDefects(): void {
  process.on('uncaughtException', (error) => handler(error));
  process.on('unhandledRejection', (error) => handler(error));
}

/** Reports defects with the known secrets redacted, in the log of this world. */
export function reportDefectsOf(world: Pick<World, 'log' | 'redactor'>): Disposable {
  return handleDefects(world, endWith);
}

/** `end` ends the program; it is called with the cleaned text, once the log has it. */
export function handleDefects(
  { log, redactor }: Pick<World, 'log' | 'redactor'>,
  end: (text: string) => void,
): Disposable {
  const before = handler;
  handler = (error) => {
    const text = redactor.clean(textOf(error));
    log.write('error', text);
    void log.close().finally(() => end(text));
  };
  return toDisposable(() => (handler = before));
}

function endWith(text: string): void {
  const said = `${PROGRAM} ended because of a defect.\n${text}\n`;
  writeText(process.stderr, said, () => process.exit(EXIT.failed));
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
