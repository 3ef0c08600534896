import { deepStrictEqual, strictEqual, throws } from 'node:assert/strict';
import * as fc from '../fixtures/fast-check.js';
import {
  activateRow,
  entriesOf,
  parseDocument,
  type RegistryDocument,
  textOf,
} from '../../src/services/registry/document.js';
import { describeProperty } from './property.js';

type Read = (text: string) => RegistryDocument;
type Row = RegistryDocument['rows'][number];

/** A field as the desktop app, an older version or a hand may have left it. */
const field = fc.oneof(
  { arbitrary: fc.string(), weight: 3 },
  fc.constant(''),
  fc.integer(),
  fc.constant(null),
  fc.boolean(),
  fc.jsonValue({ maxDepth: 1 }),
);
const entry = fc.record(
  {
    id: fc.oneof({ arbitrary: fc.uuid(), weight: 3 }, fc.constantFrom('a', 'b'), field),
    panelUrl: fc.oneof({ arbitrary: fc.webUrl(), weight: 3 }, field),
    label: field,
    ip: fc.oneof(fc.ipV4(), field),
    domain: field,
    provider: fc.oneof(fc.constant('digitalocean'), field),
    providerId: fc.oneof(fc.integer(), fc.constant('9007199254740993'), field),
    region: field,
    createdAt: field,
    active: fc.oneof({ arbitrary: fc.constant(true), weight: 3 }, field),
    authMethod: fc.oneof(fc.constantFrom('p12', 'keychain'), field),
    keychainIdentity: field,
    p12Path: field,
    p12Password: fc.oneof(fc.constant('legacy-secret'), field),
    adminAuth: fc.jsonValue({ maxDepth: 2 }),
    later: fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: ['id', 'panelUrl'] },
);
const list = fc.array(
  fc.oneof({ arbitrary: entry, weight: 4 }, fc.jsonValue({ maxDepth: 2 }), fc.constant([])),
  { maxLength: 4 },
);
const text = fc.oneof(
  {
    arbitrary: fc
      .tuple(list, fc.constantFrom(undefined, 1, '\t', '  '))
      .map(([values, indent]) => JSON.stringify(values, undefined, indent))
      .chain((whole) => fc.constantFrom(whole, whole.replaceAll('"later"', '"__proto__"'))),
    weight: 6,
  },
  // Torn, doubled, decorated, or something else.
  fc
    .tuple(list, fc.nat(), fc.constantFrom('', '\ufeff', ',', ']', '[]', ' ', '\0', '// x\n'))
    .map(([values, at, more]) => {
      const whole = JSON.stringify(values);
      return whole.slice(0, at % (whole.length + 1)) + more;
    }),
  fc.json(),
  fc.string({ unit: 'binary' }),
);

describeProperty<Read>('the registry reader', {
  property: (subject) =>
    fc.property(text, (written) => {
      const values = arrayIn(written);
      if (values === undefined) {
        throws(() => subject(written));
        return;
      }
      const { rows } = subject(written);
      // Nothing is lost, whatever it is.
      deepStrictEqual(
        rows.map((row) => JSON.parse(row.text) as unknown),
        values,
      );
      deepStrictEqual(JSON.parse(textOf(rows)), values);
      // The first that says so is active, and no other.
      const active = values.findIndex((value) => isEntry(value) && own(value, 'active') === true);
      deepStrictEqual(
        rows.map(({ entry: read, legacyPassword }) => ({ read, legacyPassword })),
        values.map((value, index) => ({
          read: isEntry(value) ? expectedEntry(value, index === active) : undefined,
          legacyPassword: nonEmpty(own(value, 'p12Password')),
        })),
      );
      const ids = entriesOf({ text: written, rows }).map(({ id }) => id);
      strictEqual(new Set(ids).size, ids.length);
      expectSameAgain(subject, rows);
    }),
  real: parseDocument,
  mutants: {
    'loses entries that it does not understand': changed((rows) => rows.filter((row) => row.entry)),
    'writes back its own idea of an entry': changed((rows) =>
      rows.map((row) =>
        row.entry === undefined ? row : { ...row, text: JSON.stringify(row.entry) },
      ),
    ),
    'lets several be active': (written) => {
      const document = parseDocument(written);
      const values = arrayIn(written) as { active?: unknown }[];
      const rows = document.rows.map((row, index) =>
        row.entry && values[index]?.active === true
          ? { ...row, entry: { ...row.entry, active: true } }
          : row,
      );
      return { ...document, rows };
    },
    'takes anything for active that is not false': changed((rows) =>
      rows.map((row) => {
        const active = (JSON.parse(row.text) as { active?: unknown } | null)?.active;
        return row.entry && typeof active === 'string'
          ? { ...row, entry: { ...row.entry, active: true } }
          : row;
      }),
    ),
    'shows the password in the entry': changed((rows) =>
      rows.map((row) =>
        row.entry && row.legacyPassword !== undefined
          ? { ...row, entry: { ...row.entry, p12Password: row.legacyPassword } }
          : row,
      ),
    ),
    'overlooks the password': changed((rows) =>
      rows.map((row) => ({ ...row, legacyPassword: undefined })),
    ),
    'takes any text for an empty list': (written) => {
      try {
        return parseDocument(written);
      } catch {
        return { text: written, rows: [] };
      }
    },
    'passes on fields of other types': changed((rows) =>
      rows.map((row) =>
        row.entry
          ? {
              ...row,
              entry: {
                ...row.entry,
                label: (JSON.parse(row.text) as Row['entry'])?.label ?? row.entry.label,
              },
            }
          : row,
      ),
    ),
  },
});

/** The real reader with something done to its rows. */
function changed(change: (rows: RegistryDocument['rows']) => RegistryDocument['rows']): Read {
  return (written) => {
    const document = parseDocument(written);
    return { ...document, rows: change(document.rows) };
  };
}

function arrayIn(written: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(written);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** Numbers count as text: the droplet's id was one once. */
function asText(value: unknown): string | undefined {
  return typeof value === 'number' ? `${value}` : nonEmpty(value);
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 ? value : undefined;
}

function isEntry(value: unknown): boolean {
  return asText(own(value, 'id')) !== undefined && asText(own(value, 'panelUrl')) !== undefined;
}

function expectedEntry(value: unknown, active: boolean): unknown {
  const text = (key: string): string | undefined => asText(own(value, key));
  const panelUrl = text('panelUrl')!;
  const optional = {
    ...Object.fromEntries(
      ['domain', 'providerId', 'region', 'keychainIdentity', 'p12Path'].map((key) => [
        key,
        text(key),
      ]),
    ),
    provider: own(value, 'provider') === 'digitalocean' ? 'digitalocean' : undefined,
    adminAuth: own(value, 'adminAuth'),
  };
  return {
    id: text('id'),
    label: text('label') ?? (URL.canParse(panelUrl) ? new URL(panelUrl).hostname : panelUrl),
    panelUrl,
    ip: text('ip') ?? '',
    ...Object.fromEntries(Object.entries(optional).filter(([, found]) => found !== undefined)),
    createdAt: text('createdAt') ?? '',
    active,
    authMethod: own(value, 'authMethod') === 'keychain' ? 'keychain' : 'p12',
  };
}

/** What was written by a change is read as what was meant, and a change that changes nothing writes nothing new. */
function expectSameAgain(subject: Read, rows: readonly Row[]): void {
  const chosen = rows.find((row) => row.entry)?.entry?.id;
  if (chosen === undefined) return;
  const once = textOf(activateRow(rows, chosen));
  const again = subject(once);
  deepStrictEqual(
    entriesOf(again).flatMap((each) => (each.active ? [each.id] : [])),
    [chosen],
  );
  strictEqual(textOf(activateRow(again.rows, chosen)), once);
}
