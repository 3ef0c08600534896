import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Questions in plain lines, for screen readers and slow lines. Rejects with an AbortError at the end of the input. */
export interface Prompt {
  ask(question: string): Promise<string>;
  /** The same without showing what is typed. */
  askSecret(question: string): Promise<string>;
  close(): void;
}

export function openPrompt(): Prompt {
  let muted = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (muted) done();
      else process.stdout.write(chunk as Buffer, () => done());
    },
  });
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  const ended = new AbortController();
  lines.on('close', () => ended.abort());
  const ask = async (question: string): Promise<string> =>
    (await lines.question(question, { signal: ended.signal })).trim();
  return {
    ask,
    async askSecret(question) {
      process.stdout.write(question);
      muted = true;
      try {
        return await ask('');
      } finally {
        muted = false;
        process.stdout.write('\n');
      }
    },
    close: () => lines.close(),
  };
}
