import { match, ok, strictEqual, throws } from 'node:assert/strict';
import * as fc from '../fixtures/fast-check.js';
import { InputError } from '../../src/core/errors.js';
import { labelProblem, requireLabel } from '../../src/core/label.js';
import { suggestedLabel } from '../../src/services/panel/panel-url.js';
import { describeProperty } from './property.js';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

/** The rule of the guide's fifth step, read letter by letter. */
function isLabel(text: string): boolean {
  const characters = text.split('');
  const atEnds = [characters[0], characters.at(-1)];
  return (
    characters.length >= 1 &&
    characters.length <= 64 &&
    characters.every((character) => `${LETTERS}${DIGITS}-`.includes(character)) &&
    !atEnds.includes('-')
  );
}

const allowed = fc.constantFrom(...LETTERS.split(''), ...DIGITS.split(''), '-', '-');
const nearlyAllowed = fc.oneof(
  { arbitrary: allowed, weight: 40 },
  {
    arbitrary: fc.constantFrom(
      'A',
      '_',
      ' ',
      '.',
      'Ｚ',
      'é',
      '٣',
      '²',
      '\n',
      '\r',
      '\t',
      '\0',
      'ß',
    ),
    weight: 1,
  },
  { arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), weight: 1 },
);
const text = fc.oneof(
  fc.string({ unit: allowed, maxLength: 70 }),
  fc.string({ unit: nearlyAllowed, maxLength: 70 }),
  fc.string({ unit: allowed, minLength: 62, maxLength: 66 }),
  // What a pasted line brings along.
  fc
    .tuple(
      fc.string({ unit: allowed, maxLength: 64 }),
      fc.constantFrom('\n', ' ', '\r\n', '\u2028'),
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', maxLength: 70 }),
);

describeProperty<typeof labelProblem>('the label rule', {
  property: (subject) =>
    fc.property(text, (label) => {
      const problem = subject(label);
      strictEqual(problem === undefined, isLabel(label));
      if (problem === undefined) strictEqual(requireLabel(label), label);
      else {
        match(problem, /^[A-Z].*\.$/);
        throws(() => requireLabel(label), InputError);
      }
    }),
  real: labelProblem,
  mutants: {
    'lets a hyphen end it': (label) =>
      label.endsWith('-') &&
      /^[a-z0-9]/.test(label) &&
      labelProblem(`${label.slice(0, -1)}x`) === undefined
        ? undefined
        : labelProblem(label),
    'lets a hyphen begin it': (label) =>
      label.startsWith('-') && labelProblem(`x${label.slice(1)}`) === undefined
        ? undefined
        : labelProblem(label),
    'takes 65 characters': (label) =>
      label.length === 65 ? labelProblem(label.slice(1)) : labelProblem(label),
    'refuses 64 characters': (label) =>
      label.length === 64 ? 'At most 63 characters.' : labelProblem(label),
    'looks at each line by itself': (label) =>
      /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/m.test(label)
        ? undefined
        : (labelProblem(label) ?? 'No.'),
    'takes the letters and digits of every script': (label) =>
      labelProblem(label.replaceAll(/[\p{Ll}\p{Nd}]/gu, 'x')),
    'takes capital letters': (label) => labelProblem(label.toLowerCase()),
  },
});

const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), text);

describeProperty<typeof suggestedLabel>('the label that is suggested for a host', {
  property: (subject) =>
    fc.property(
      host,
      fc.array(fc.oneof(host, text), { maxLength: 5 }),
      fc.nat({ max: 12 }),
      (name, others, count) => {
        // Taken are also the first few that would be suggested.
        const taken = [...others];
        for (let more = 0; more < count; more++) taken.push(suggestedLabel(name, taken));
        const label = subject(name, taken);
        ok(isLabel(label), label);
        ok(!taken.includes(label), label);
      },
    ),
  real: suggestedLabel,
  mutants: {
    'does not look at what is taken': (name) => suggestedLabel(name),
    'looks only once': (name, taken) =>
      taken?.includes(suggestedLabel(name))
        ? suggestedLabel(name, [suggestedLabel(name)])
        : suggestedLabel(name),
    'keeps the hyphens at the ends': (name) =>
      name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, '-')
        .slice(0, 64) || 'server',
    'counts beyond the longest label': (name, taken) => {
      const base = suggestedLabel(name);
      let label = base;
      for (let count = 2; taken?.includes(label); count++) label = `${base}-${count}`;
      return label;
    },
  },
});
