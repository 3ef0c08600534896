import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { MANAGED_TAG } from '../src/core/product.js';
import { openPrompt } from '../src/cli/prompt.js';
import { ProtocolLines } from '../src/cli/record-lines.js';
import { errorLines, say } from '../src/cli/say.js';
import { reportLines } from './fixtures/report-lines.js';
import { writeText } from '../src/cli/write.js';
import type { Capabilities } from '../src/core/capabilities.js';
import { PortlamaError } from '../src/core/errors.js';
import type { JournalRecord } from '../src/services/provisioning/journal/records.js';
import { clipboardSequence, notificationSequence } from '../src/widgets/terminal/sequences.js';

/** CSI and OSC in both forms, an end of a bracketed paste, C1, an override of direction, zero width, half a pair. */
const HOSTILE =
  'a\x1b[2Jb\x1b]0;owned\x07c\x1b[201~d\x9b31me\x9d0;x\x9cf\x85\u202eg\u2066h\u200bi\ud800j\u2028k\rl';
// oxlint-disable-next-line no-control-regex -- line feeds are the only ones that may pass
const OBEYED = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f]/;

const SRC = resolve(import.meta.dirname, '../src');
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(join(SRC, path), 'utf8') }));

/** What of a source writes to the terminal by another way than `writeText`. */
function otherWays(text: string): string[] {
  return (
    text.match(
      /\bprocess\s*\.\s*std(?:out|err)\s*\.\s*write\b|\bconsole\s*\.\s*(?:log|error|warn|info|debug|trace|dir|table)\b|\bwriteSync\(\s*[12]\b/g,
    ) ?? []
  );
}

/** What of a source is a character class of its own for what a terminal obeys. */
function ownClasses(text: string): string[] {
  return text.match(/\\p\{Cf\}|\\p\{C\}|\\p\{Zl\}|\\p\{Cs\}|\\u202[ae]|\\u2066/g) ?? [];
}

/** What is written to a stream while `work` runs. */
async function written(work: (stream: NodeJS.WriteStream) => unknown): Promise<string> {
  const stream = new PassThrough();
  await work(stream as unknown as NodeJS.WriteStream);
  return (stream.read() as Buffer | null)?.toString('utf8') ?? '';
}

describe('every exit', () => {
  it('is written to by one function', () => {
    expect(sources.length).toBeGreaterThan(300);
    // The entry speaks before it imports anything, and only constants and numbers.
    const wrong = sources
      .filter(({ path }) => path !== 'main.ts')
      .flatMap(({ path, text }) => otherWays(text).map((found) => `${path}: ${found}`));
    expect(wrong).toEqual([]);
  });

  it('has one cleaner with one character class in front of it', () => {
    const places = sources.filter(({ text }) => ownClasses(text).length > 0);
    expect(places.map(({ path }) => path).sort()).toEqual([
      'core/clean.ts',
      // Refuses an address that holds any, instead of cleaning it.
      'services/panel/panel-url.ts',
    ]);
  });

  it.each([
    `process.stderr.write(text)`,
    `console.error(text)`,
    `process.stdout\n  .write(text)`,
    `writeSync(1, text)`,
  ])('would be found: %s', (text) => {
    expect(otherWays(text)).toHaveLength(1);
  });
});

describe('a hostile text', () => {
  it('is harmless on standard output and standard error', async () => {
    const shown = await written((stream) => writeText(stream, `${HOSTILE}\n${HOSTILE}\n`));
    expect(shown).not.toMatch(OBEYED);
    expect(shown).toBe('abcdef ghij k l\nabcdef ghij k l\n');
  });

  it('is harmless, and one line, when it is said', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      say({ settings: { ascii: false, sandbox: false } as never }, `${HOSTILE}\n${HOSTILE}`);
      expect(write.mock.calls.map(([text]) => text)).toEqual(['abcdef ghij k l abcdef ghij k l\n']);
    } finally {
      write.mockRestore();
    }
  });

  it.each(['ask', 'askSecret', 'askPassphrase'] as const)(
    'is harmless in a question: %s',
    async (way) => {
      const shown = await written(async (stream) => {
        const prompt = openPrompt(stream);
        const answer = prompt[way](`What ${HOSTILE}\n? `, { help: [] }).catch(() => undefined);
        await new Promise(setImmediate);
        prompt.close();
        await answer;
      });
      expect(shown).toContain('What abcdef ghij k l ? ');
      // The prompt itself moves the cursor and clears the rest of the screen.
      // oxlint-disable-next-line no-control-regex -- they are control sequences
      const rest = shown.replaceAll(/\x1b\[(?:\d+G|0?J)|\r/g, '');
      expect(rest).not.toMatch(OBEYED);
    },
  );

  it('is harmless in the line of an error, of its hint and of an unlisted droplet', async () => {
    const error = new PortlamaError({
      code: 'x',
      message: HOSTILE,
      hint: `${HOSTILE}\n${HOSTILE}`,
    });
    const droplet = {
      id: 7,
      name: HOSTILE,
      status: 'active',
      tags: [MANAGED_TAG],
      regionSlug: HOSTILE,
    };
    const unlisted = { droplet, operationId: undefined, operation: undefined } as never;
    const lines = [
      ...errorLines(error, { sandbox: false }),
      ...reportLines({ unlisted: [unlisted], gone: [] }, { sandbox: false }),
    ];
    const shown = await written((stream) => writeText(stream, lines.join('\n')));
    expect(shown).toContain('abcdef ghij k l');
    expect(shown).not.toMatch(OBEYED);
  });

  it('is escaped in JSON, and reads back as it was', () => {
    const records = [
      { event: 'error', step: 'wait_ssh', message: HOSTILE },
      { event: 'rolled-back', leftovers: [] },
    ] as unknown as JournalRecord[];
    const protocol = new ProtocolLines();
    const [line = ''] = records.flatMap((record) => protocol.next(record));
    expect(line).not.toMatch(OBEYED);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toMatchObject({ message: HOSTILE });
  });

  it('is harmless in the clipboard and in a notification', () => {
    const capabilities = { multiplexer: undefined } as Capabilities;
    const [, copied = ''] =
      /;c;([\w+/=]*)/.exec(clipboardSequence(`${HOSTILE}\nx`, capabilities)) ?? [];
    const text = Buffer.from(copied, 'base64').toString('utf8');
    expect(text).toBe('abcdef ghij k l x');
    expect(notificationSequence(HOSTILE, capabilities)).toBe('\x1b]9;abcdef ghij k l\x07');
  });
});
