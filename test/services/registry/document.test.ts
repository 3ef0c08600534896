import { describe, expect, it } from 'vitest';
import * as fc from '../../fixtures/fast-check.js';
import {
  activateRow,
  elementsOf,
  entriesOf,
  parseDocument,
  saveRow,
  textOf,
  withMembers,
} from '../../../src/services/registry/document.js';
import { serverEntry } from './server-entry.js';

const RUNS = { numRuns: 1_000 };
const indents = fc.constantFrom(undefined, 1, '\t', '  ');

describe('changing JSON as text', () => {
  it('finds the elements of any array', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), indents, (values, indent) => {
        const elements = elementsOf(JSON.stringify(values, undefined, indent));
        expect(elements.map((text) => JSON.parse(text) as unknown)).toEqual(
          JSON.parse(JSON.stringify(values)),
        );
      }),
      RUNS,
    );
  });

  it('sets and removes fields of any object, and nothing else', () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue());
    const changes = fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      fc.option(fc.jsonValue(), { nil: undefined }),
    );
    fc.assert(
      fc.property(objects, changes, indents, (object, change, indent) => {
        const text = JSON.stringify(object, undefined, indent);
        const expected = { ...(JSON.parse(text) as Record<string, unknown>), ...change };
        const changed: unknown = JSON.parse(withMembers(text, change));
        expect(changed).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
      RUNS,
    );
  });

  it('sets a repeated key once', () => {
    const text = withMembers('{"a": 1, "b": 2, "a": 3}', { a: 4 });
    expect(text.match(/"a"/g)).toHaveLength(1);
    expect(JSON.parse(text)).toEqual({ a: 4, b: 2 });
  });
});

describe('any list that others wrote', () => {
  const entry = serverEntry({ id: 'ours', active: true });
  const loose = fc.record(
    {
      id: fc.oneof(fc.string(), fc.integer()),
      panelUrl: fc.oneof(fc.webUrl(), fc.jsonValue()),
      label: fc.jsonValue(),
      active: fc.jsonValue(),
      authMethod: fc.jsonValue(),
      extra: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const lists = fc.array(fc.oneof(loose, fc.jsonValue()));

  it('keeps all its values when a server is added and made active', () => {
    fc.assert(
      fc.property(lists, indents, (values, indent) => {
        const before = JSON.parse(JSON.stringify(values)) as unknown[];
        const { rows } = parseDocument(JSON.stringify(values, undefined, indent));
        const text = textOf(activateRow(saveRow(rows, entry), entry.id));
        const after = JSON.parse(text) as unknown[];
        expect(after.slice(0, -1).map(withoutActive)).toEqual(before.map(withoutActive));
        expect(after.at(-1)).toEqual(entry);
        const active = entriesOf(parseDocument(text)).filter((each) => each.active);
        expect(active.map((each) => each.id)).toEqual(['ours']);
        // Written once, it does not change any more.
        expect(textOf(saveRow(parseDocument(text).rows, entry))).toBe(text);
      }),
      RUNS,
    );
  });
});

function withoutActive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'active'));
}
