import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { cleanLine } from '../core/clean.js';
import { type Disposable, toDisposable } from '../core/lifecycle.js';
import { typedPaths } from '../services/files/typed-path.js';
import { currentFolder } from '../services/process/surroundings.js';
import { Declined } from '../usecases/face.js';
import { writeSequences, writeText } from './write.js';

/** Ctrl-C at a question, where that ends the question only. */
export class Interrupted extends Declined {}

/** Options of a question. */
export interface Asking {
  /** Lines that `?` prints in plain mode. */
  readonly help: readonly string[];
  /** Tab completes a path of this machine. */
  readonly isPath?: boolean | undefined;
}

/**
 * Questions in plain lines, for screen readers and slow lines; each is cleaned. Rejects with an AbortError at the end
 * of the input.
 */
export interface Prompt {
  ask(question: string, asking: Asking): Promise<string>;
  /** Like `ask`, without echo. */
  askSecret(question: string, asking: Asking): Promise<string>;
  /** Like `askSecret`, untrimmed. */
  askPassphrase(question: string, asking: Asking): Promise<string>;
  close(): void;
}

export interface PromptOptions {
  /** Ctrl-C rejects the question with Interrupted, and the prompt stays open. Default: it ends the input. */
  readonly survivesInterrupt?: boolean;
}

/**
 * Questions go to `stream`: to standard error where standard output is read by a program. A line editor's sequences go
 * to terminals only.
 */
export function openPrompt(
  stream: NodeJS.WriteStream = process.stdout.isTTY ? process.stdout : process.stderr,
  { survivesInterrupt = false }: PromptOptions = {},
): Prompt {
  let muted = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (muted) done();
      else if (stream.isTTY) writeSequences(stream, chunk as Buffer, () => done());
      else writeText(stream, String(chunk), () => done());
    },
  });
  let takesPath = false;
  const lines = createInterface({
    input: process.stdin,
    output,
    terminal: true,
    historySize: 0,
    // A tab in another answer, such as a pasted passphrase, is part of it.
    completer: async (typed: string): Promise<Completion> =>
      takesPath ? await pathsFrom(typed) : [[`${typed}\t`], typed],
  });
  const ended = new AbortController();
  const raw = keepRaw(process.stdin);
  lines.on('close', () => {
    raw.dispose();
    ended.abort();
  });
  /** Aborts the open question, or the next one where Ctrl-C came between two. */
  let interrupt = new AbortController();
  if (survivesInterrupt) lines.on('SIGINT', () => interrupt.abort());
  const askLine = async (question: string): Promise<string> => {
    const { signal } = interrupt;
    try {
      return await lines.question(cleanLine(question), {
        signal: AbortSignal.any([ended.signal, signal]),
      });
    } catch (error) {
      if (!signal.aborted || ended.signal.aborted) throw error;
      interrupt = new AbortController();
      if (!muted) writeText(stream, '\n');
      throw new Interrupted();
    }
  };
  const askMuted = async (question: string): Promise<string> => {
    writeText(stream, cleanLine(question));
    muted = true;
    try {
      return await askLine('');
    } finally {
      muted = false;
      writeText(stream, '\n');
    }
  };
  return {
    async ask(question, { isPath = false }) {
      takesPath = isPath;
      try {
        return (await askLine(question)).trim();
      } finally {
        takesPath = false;
      }
    },
    askSecret: async (question) => (await askMuted(question)).trim(),
    askPassphrase: askMuted,
    close: () => lines.close(),
  };
}

type Completion = [choices: string[], begun: string];

/** Names that Tab may put in the place of the last one of the path. */
async function pathsFrom(typed: string): Promise<Completion> {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  const name = typed.slice(folder.length);
  const isRelative = !/^(?:\/|~\/)/.test(typed);
  const path = isRelative ? `${currentFolder() ?? ''}/${typed}` : typed;
  const { text, choices } = await typedPaths.complete(path);
  if (choices.length > 0) return [[...choices], name];
  return [text === path ? [] : [text.slice(path.length - name.length)], name];
}

/** Asks one question with a prompt of its own, which holds the terminal only meanwhile. */
export async function askOnce(question: string, asking: Asking): Promise<string> {
  const prompt = openPrompt();
  try {
    return await prompt.ask(question, asking);
  } finally {
    prompt.close();
  }
}

/** Sets raw mode again at SIGCONT, until disposed: a shell sets its own for a stopped job, with echo. */
function keepRaw(input: Partial<Pick<NodeJS.ReadStream, 'setRawMode'>>): Disposable {
  const setAgain = (): void => {
    // Node skips a mode that it set already.
    input.setRawMode?.(false);
    input.setRawMode?.(true);
  };
  process.on('SIGCONT', setAgain);
  return toDisposable(() => process.off('SIGCONT', setAgain));
}
