import { deepStrictEqual, doesNotMatch, ok, strictEqual } from 'node:assert/strict';
import * as fc from '../fixtures/fast-check.js';
import { afterAll } from 'vitest';
import { stripVTControlCharacters } from 'node:util';
import {
  fit,
  highlight,
  join,
  link,
  type Markup,
  plain,
  slice,
  style,
  text,
  truncate,
  width,
} from '../../src/widgets/markup.js';
import { RealTerminal } from './oracles/real-terminal.js';
import { describeProperty } from './property.js';

const terminal = new RealTerminal();
afterAll(() => terminal.dispose());

const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.string({ maxLength: 6 }),
  // The parts of escape sequences, in any order, complete or not (ECMA-48, xterm's control sequences).
  fc.constantFrom(
    '\u001b',
    '\u001b[',
    '\u001b]',
    '\u001bP',
    '\u001bX',
    '\u001b^',
    '\u001b_',
    '\u001b#',
    '\u001b(',
    '\u001b%',
  ),
  fc.constantFrom(
    '\u009b',
    '\u009d',
    '\u0090',
    '\u0098',
    '\u009e',
    '\u009f',
    '\u009c',
    '\u0085',
    '\u0084',
    '\u008d',
  ),
  fc.constantFrom(
    '\u0007',
    '\u001b\\',
    '\0',
    '\b',
    '\t',
    '\n',
    '\v',
    '\f',
    '\r',
    '\u000e',
    '\u000f',
    '\u0005',
    '\u0018',
    '\u007f',
  ),
  fc.constantFrom(
    '31m',
    '2J',
    '5;5H',
    '?1049h',
    '?25l',
    '6n',
    'c',
    '>q',
    '0;t',
    '52;c;eA==',
    '8;;http://x',
    '!p',
    ' q',
    '$r',
    '1;2',
    '0c',
    '@',
    '~',
    '?',
    ';',
    '<',
  ),
  fc.constantFrom(
    '\u202e',
    '\u2066',
    '\u2069',
    '\u200f',
    '\u061c',
    '\u200d',
    '\u200b',
    '\ufeff',
    '\u00ad',
    '\u2028',
    '\u2029',
    '\u{e0041}',
    '\ufe0f',
  ),
  fc.constantFrom(
    '\ud83d',
    '\udc00',
    '\ud800\u001b',
    '漢',
    '👨‍👩‍👧',
    'e\u0301',
    '\u0301',
    '{red-fg}',
    '{/}',
    '✅',
  ),
);
const hostile = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''));

type Clean = (untrusted: string) => string;
const cleaned: Clean = (untrusted) => plain(text(untrusted));

describeProperty<Clean>('text from outside', {
  property: (subject) =>
    fc.asyncProperty(hostile, async (untrusted) => {
      const shown = subject(untrusted);
      deepStrictEqual(await terminal.actionsOf(shown), []);
      expectHarmless(shown);
      // Words stay words, and what is clean stays as it is.
      if (/^[\x20-\x7e]*$/.test(untrusted)) strictEqual(shown, untrusted);
      strictEqual(subject(shown), shown);
    }),
  real: cleaned,
  mutants: {
    'passes everything': (untrusted) => untrusted,
    'knows C0 but not C1': (untrusted) =>
      // oxlint-disable-next-line no-control-regex -- that is what it is about
      untrusted.replaceAll(/[\u0000-\u001f\u007f]/g, '').normalize('NFC'),
    'takes out known sequences only': (untrusted) =>
      stripVTControlCharacters(untrusted).replaceAll(/[\r\n\t]/g, ' '),
    'leaves the bell': (untrusted) =>
      cleaned(untrusted) + (untrusted.includes('\u0007') ? '\u0007' : ''),
    'leaves line breaks': (untrusted) => untrusted.split('\n').map(cleaned).join('\n'),
    'leaves what turns the direction': (untrusted) =>
      (untrusted.includes('\u202e') ? '\u202e' : '') + cleaned(untrusted),
    'leaves the separators of lines': (untrusted) =>
      untrusted.split('\u2028').map(cleaned).join('\u2028'),
    'leaves zero-width characters': (untrusted) =>
      untrusted.split('\u200b').map(cleaned).join('\u200b'),
    'leaves halves of characters': (untrusted) =>
      cleaned(untrusted) + (/[\ud800-\udbff]$/.exec(untrusted)?.[0] ?? ''),
    'makes a sequence out of two halves': (untrusted) =>
      untrusted.replaceAll('\u009b', '').replaceAll(/[\u0080-\u009f]/g, '\u001b['),
    'throws words away': (untrusted) => cleaned(untrusted).replaceAll('31m', ''),
  },
});

/** One way of putting texts together, as widgets do. */
type Compose = (parts: readonly string[], plan: Plan) => Markup;

interface Plan {
  readonly columns: number;
  readonly from: number;
  readonly align: 'left' | 'right' | 'centre';
  readonly ranges: readonly (readonly [number, number])[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  columns: fc.nat({ max: 30 }),
  from: fc.nat({ max: 20 }),
  align: fc.constantFrom('left', 'right', 'centre'),
  ranges: fc
    .uniqueArray(fc.nat({ max: 30 }), { maxLength: 6 })
    .map((edges) => edges.sort((one, other) => one - other))
    .map((edges) =>
      edges.flatMap((edge, at) => (at % 2 === 1 ? [[edges[at - 1]!, edge] as const] : [])),
    ),
});

const compose: Compose = (
  [first = '', second = '', url = ''],
  { columns, from, align, ranges },
) => {
  const joined = join([style('strong', first), link(url, truncate(second, from)), second], first);
  const found = highlight(joined, inCharacters(plain(joined), ranges), 'inverse');
  return fit(slice(found, from, columns), columns, align);
};

/** A search finds whole characters, some of which are two places long. */
function inCharacters(shown: string, ranges: Plan['ranges']): [number, number][] {
  const places = [0];
  for (const character of shown) places.push(places.at(-1)! + character.length);
  return ranges.map(([from, to]) => [places[from] ?? shown.length, places[to] ?? shown.length]);
}

describeProperty<Compose>('texts put together', {
  property: (subject) =>
    fc.asyncProperty(
      fc.tuple(
        hostile,
        hostile,
        fc.oneof(
          hostile,
          fc.webUrl(),
          hostile.map((tail) => `https://x${tail}`),
        ),
      ),
      plan,
      async (parts, how) => {
        const made = subject(parts, how);
        const shown = plain(made);
        deepStrictEqual(await terminal.actionsOf(shown), []);
        expectHarmless(shown);
        strictEqual(width(made), how.columns);
        strictEqual(width(shown), how.columns);
        for (const { link: target } of made.spans)
          ok(target === undefined || /^https?:\/\/[\x21-\x7e]+$/.test(target), target);
      },
    ),
  real: compose,
  mutants: {
    'cuts in the middle of a character': (parts, how) => {
      const whole = parts.join('');
      return {
        ...compose(parts, how),
        spans: [
          {
            text:
              text(whole).spans[0]?.text.slice(0, how.columns).padEnd(how.columns) ??
              ' '.repeat(how.columns),
          },
        ],
      };
    },
    'does not look at the address of a link': (parts, how) => {
      const made = compose(parts, how);
      return { ...made, spans: made.spans.map((span) => ({ ...span, link: parts[2] ?? '' })) };
    },
    'is a column short': (parts, how) =>
      compose(parts, { ...how, columns: Math.max(0, how.columns - 1) }),
    'puts in what was not cleaned': (parts, how) => ({
      ...compose(parts, how),
      spans: [...compose(parts, how).spans, { text: parts[0]!.slice(0, 1) }],
    }),
  },
});

/** What this emulator lets pass without harm, and others do not. */
function expectHarmless(shown: string): void {
  doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
}
