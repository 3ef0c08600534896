import { deepStrictEqual, doesNotMatch, ok } from 'node:assert/strict';
import * as fc from '../fixtures/fast-check.js';
import type { InstallerEvent } from '../../src/services/installer/installer.js';
import { type LocatedEvent, NdjsonReader } from '../../src/services/installer/ndjson.js';
import { describeProperty } from './property.js';

/** Reads a whole log in these pieces, from this position on. */
type Read = (pieces: readonly Uint8Array[], offset: number) => LocatedEvent[];
const read: Read = (pieces, offset) => {
  const reader = new NdjsonReader(offset);
  return [...pieces.flatMap((piece) => [...reader.push(piece)]), ...reader.end()];
};

/** What must come of a line: this event, nothing, or (`undefined`) whatever is true of all events. */
interface Line {
  readonly bytes: Uint8Array;
  readonly expected: InstallerEvent | 'nothing' | undefined;
}

const word = fc
  .string({
    unit: fc.constantFrom(...Array.from('abcXYZ019 .:/-äß€漢')),
    minLength: 1,
    maxLength: 20,
  })
  .map((text) => text.trim() || 'x');
const stepName = fc.stringMatching(/^[a-z0-9_]{1,64}$/);
const status = fc.constantFrom('running', 'complete', 'skipped', 'failed');
const more = fc.dictionary(fc.constantFrom('at', 'pid', 'more'), fc.jsonValue({ maxDepth: 1 }));

const line: fc.Arbitrary<Line> = fc.oneof(
  fc
    .record({ step: stepName, status, more })
    .map(({ more: others, ...step }) =>
      json({ ...others, event: 'step', ...step }, { kind: 'step', ...step }),
    ),
  fc
    .record({ message: word, more })
    .map(({ message, more: others }) =>
      json({ ...others, event: 'error', message }, { kind: 'error', message }),
    ),
  fc
    .record({ ip: word, panelUrl: word, p12Path: word, p12PasswordPath: word })
    .map((server) =>
      json({ event: 'complete', server }, { kind: 'complete', server: { ...server } }),
    ),
  // Nearly an event: shown as it was printed.
  fc
    .oneof(
      fc.record({
        event: fc.constant('step'),
        step: stepName,
        status: fc.constantFrom('half', 'Running', 7, null),
      }),
      fc.record({
        event: fc.constant('step'),
        step: fc.constantFrom('A b', '', '../x', 'x'.repeat(65)),
        status,
      }),
      fc.record({
        event: fc.constant('complete'),
        server: fc.constantFrom({}, [], null, { ip: '1.2.3.4' }),
      }),
      fc.record({ event: fc.constantFrom('later', 'Step', 7), step: stepName, status }),
    )
    .map((value) => json(value, { kind: 'log', text: JSON.stringify(value) })),
  word.map((text) => ({ bytes: Buffer.from(text), expected: { kind: 'log' as const, text } })),
  fc
    .constantFrom('', ' ', '\r', '\t \r')
    .map((text) => ({ bytes: Buffer.from(text), expected: 'nothing' as const })),
  // Anything at all.
  fc
    .oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.string({ unit: 'binary', maxLength: 30 }).map((text) => Buffer.from(text)),
      fc
        .tuple(
          fc.constantFrom('\u001b[31m', '\u001b]0;x\u0007', '\u009b2J', '\u202e', '\r', '\b'),
          word,
        )
        .map((parts) => Buffer.from(parts.join('') + parts.toReversed().join(''))),
      fc
        .tuple(fc.constantFrom('\u001b[31m', '\u001b]0;x\u0007', '\u009b', '\u2028', '\0'), word)
        .map((parts) =>
          Buffer.from(JSON.stringify({ event: 'error', message: parts.join('') + parts.join('') })),
        ),
    )
    .map((bytes) => ({ bytes: bytes.filter((byte) => byte !== 0x0a), expected: undefined })),
);

const log = fc.record({
  lines: fc.array(line, { maxLength: 8 }),
  isEnded: fc.boolean(),
  cuts: fc.array(fc.nat(), { maxLength: 12 }),
  offset: fc.nat(),
  from: fc.nat(),
});

describeProperty<Read>('the NDJSON reader', {
  property: (subject) =>
    fc.property(log, ({ lines, isEnded, cuts, offset, from }) => {
      const bytes = Buffer.concat(
        lines.flatMap((each, at) => [
          each.bytes,
          Buffer.from(isEnded || at < lines.length - 1 ? '\n' : ''),
        ]),
      );
      const at = cuts.map((cut) => cut % (bytes.length + 1)).sort((one, other) => one - other);
      const pieces = [0, ...at].map((start, index) => bytes.subarray(start, at[index]));
      const events = subject(pieces, offset);
      expectEvents(events, lines, { isEnded, offset });
      for (const { event } of events) expectClean(event);
      // However it is cut, and from wherever it is gone on with.
      deepStrictEqual(subject([bytes], offset), events);
      const known = events[from % (events.length + 1)];
      if (known === undefined) return;
      deepStrictEqual(
        subject([bytes.subarray(known.offset - offset)], known.offset),
        events.slice(events.indexOf(known) + 1),
      );
    }),
  real: read,
  mutants: {
    'decodes every piece by itself': (pieces, offset) =>
      read(
        pieces.map((piece) => Buffer.from(Buffer.from(piece).toString('utf8'))),
        offset,
      ),
    'begins every piece as a new line': (pieces, offset) => {
      const reader = new NdjsonReader(offset);
      return pieces.flatMap((piece) => [...reader.push(piece), ...reader.end()]);
    },
    'forgets a last line without an end': (pieces, offset) => {
      const reader = new NdjsonReader(offset);
      return pieces.flatMap((piece) => [...reader.push(piece)]);
    },
    'counts from the beginning again': (pieces) => read(pieces, 0),
    'counts characters': (pieces, offset) => {
      const bytes = Buffer.concat(pieces);
      return read(pieces, offset).map((found) => ({
        ...found,
        offset: offset + bytes.subarray(0, found.offset - offset).toString('utf8').length,
      }));
    },
    'takes any word for a status': changed((event) => {
      const value = event.kind === 'log' ? parsed(event.text) : undefined;
      return value?.['event'] === 'step' &&
        typeof value['status'] === 'string' &&
        typeof value['step'] === 'string'
        ? { kind: 'step', step: value['step'], status: 'running' }
        : event;
    }),
    'leaves out what is no event': (pieces, offset) =>
      read(pieces, offset).filter(
        ({ event }) => event.kind !== 'log' || !event.text.startsWith('{'),
      ),
    'lets colours through': (pieces, offset) => {
      const bytes = Buffer.concat(pieces);
      return read(pieces, offset).map((found) => {
        const raw = bytes
          .subarray(0, found.offset - offset)
          .toString('utf8')
          .trimEnd()
          .split('\n')
          .at(-1)!;
        return found.event.kind === 'log' && raw.includes('\u001b')
          ? { ...found, event: { kind: 'log', text: raw } }
          : found;
      });
    },
  },
});

function json(value: object, expected: InstallerEvent): Line {
  return { bytes: Buffer.from(JSON.stringify(value)), expected };
}

/** Each at the end of its own line. */
function expectEvents(
  events: readonly LocatedEvent[],
  lines: readonly Line[],
  { isEnded, offset }: { isEnded: boolean; offset: number },
): void {
  const found = new Map(events.map(({ event, offset: at }) => [at, event]));
  ok(found.size === events.length, 'two events at one place');
  let end = offset;
  for (const [index, { bytes, expected }] of lines.entries()) {
    end += bytes.length + (isEnded || index < lines.length - 1 ? 1 : 0);
    // An empty last line without an end is no line.
    const event = found.get(end);
    if (bytes.length > 0 || isEnded || index < lines.length - 1) found.delete(end);
    else continue;
    if (expected === undefined) expectPossible(event, bytes);
    else deepStrictEqual(event, expected === 'nothing' ? undefined : expected);
  }
  deepStrictEqual([...found], [], 'an event of no line');
}

/** What is no log line was JSON that says so. */
function expectPossible(event: InstallerEvent | undefined, bytes: Uint8Array): void {
  if (event === undefined || event.kind === 'log') return;
  const value = parsed(Buffer.from(bytes).toString('utf8'));
  ok(value?.['event'] === event.kind, 'an event out of nothing');
}

function expectClean(event: InstallerEvent): void {
  const texts = event.kind === 'complete' ? Object.values(event.server) : Object.values(event);
  for (const text of texts) {
    // oxlint-disable-next-line no-control-regex -- that is what is looked for
    doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/);
    ok(text !== '', 'an empty text');
  }
}

function changed(change: (event: InstallerEvent) => InstallerEvent): Read {
  return (pieces, offset) =>
    read(pieces, offset).map((found) => ({ ...found, event: change(found.event) }));
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return (JSON.parse(text) as Record<string, unknown> | null) ?? undefined;
  } catch {
    return undefined;
  }
}
