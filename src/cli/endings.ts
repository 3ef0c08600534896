import { constants } from 'node:os';
import { type Disposable, toDisposable } from '../core/lifecycle.js';
import type { Hint } from '../core/hint.js';
import type { World } from '../main/world.js';
import { hintLines } from '../words/hints.js';
import { EXIT } from './exit-codes.js';
import { writeText } from './write.js';

const ENDING_SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;

/** A signal that ends a program; the death of its parent counts as SIGHUP. */
export type EndingSignal = (typeof ENDING_SIGNALS)[number];

const PARENT_LOOK_MS = 500;
/** Limit for the last write, ms: its reader may be gone. */
const LAST_WORDS_MS = 1_000;
const PARENT = process.ppid;

type Handler = (signal: EndingSignal) => void;

const handlers: Handler[] = [];
const listeners = ENDING_SIGNALS.map(
  (signal) => [signal, () => handlers.at(-1)?.(signal)] as const,
);
let parentWatch: NodeJS.Timeout | undefined;

/**
 * Hands signals and the parent's death to `handle` until it is disposed; the newest handler has them. Without one the
 * kernel ends the program, unless that is process 1, for which signals without a handler do nothing.
 */
export function onEnding(handle: Handler): Disposable {
  handlers.push(handle);
  if (handlers.length === 1) listen();
  return toDisposable(() => {
    handlers.splice(handlers.indexOf(handle), 1);
    if (handlers.length === 0) stopListening();
  });
}

/** Ends with these words and 128+n on a signal, until disposed: they tell the state of the work and the way back. */
export function sayAtEnd(
  { settings }: Pick<World, 'settings'>,
  onLeaving: Hint,
  stream: NodeJS.WriteStream = process.stdout,
): Disposable {
  const text = hintLines(onLeaving, settings).join('\n  ');
  return onEnding((signal) => void endWith(exitCodeOf(signal), text, stream));
}

/**
 * For process 1, whose end would end the work: cancels it on a signal, until disposed. The program ends by itself then,
 * with 128+n unless the work was done before.
 */
export function cancelAtEnd(cancel: () => Promise<void>, stream: NodeJS.WriteStream): Disposable {
  let isAsked = false;
  return onEnding((signal) => {
    if (isAsked) return;
    isAsked = true;
    writeText(stream, 'Cancelling: the work is ended before this program ends.\n');
    process.once('exit', (code) => {
      if (code !== 0) process.exitCode = exitCodeOf(signal);
    });
    // Ignore work that just ended: its end is being read.
    cancel().catch(() => undefined);
  });
}

/** Ends the program once the text is written, or could not be. */
export function endWith(code: number, text: string, stream: NodeJS.WriteStream): Promise<never> {
  return new Promise(() => {
    const end = (): never => process.exit(code);
    setTimeout(end, LAST_WORDS_MS);
    // The terminal shows ^C where the cursor is.
    writeText(stream, `${stream.isTTY ? '\n' : ''}${text}\n`, end);
  });
}

/** True for process 1 of a pid namespace, which a container is: its end ends every other process there. */
export function isProcessOne(): boolean {
  return process.pid === 1;
}

/** 128+n, as a shell reports it. */
export function exitCodeOf(signal: EndingSignal): number {
  return EXIT.bySignal + constants.signals[signal];
}

function listen(): void {
  for (const [signal, listener] of listeners) process.on(signal, listener);
  parentWatch = setInterval(() => {
    if (process.ppid === PARENT) return;
    clearInterval(parentWatch);
    handlers.at(-1)?.('SIGHUP');
  }, PARENT_LOOK_MS).unref();
}

function stopListening(): void {
  for (const [signal, listener] of listeners) process.off(signal, listener);
  clearInterval(parentWatch);
}
