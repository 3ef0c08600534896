import { describe, expect, it } from 'vitest';
import { labelProblem } from '../../../src/core/label.js';
import { suggestedLabel } from '../../../src/services/panel/suggested-label.js';

describe('the label suggested for a host', () => {
  it.each([
    ['panel.example.com', [], 'panel-example-com'],
    ['203.0.113.42', [], '203-0-113-42'],
    ['2001:db9::1', [], '2001-db9-1'],
    ['::', [], 'server'],
    ['PANEL', [], 'panel'],
    ['a', ['a'], 'a-2'],
    ['a', ['a-2', 'a', 'a-3'], 'a-4'],
    ['x'.repeat(80), [], 'x'.repeat(64)],
    [`${'x'.repeat(63)}.y`, [], 'x'.repeat(63)],
    ['x'.repeat(80), ['x'.repeat(64)], `${'x'.repeat(62)}-2`],
  ])('%s, with %j taken: %s', (host, taken, label) => {
    expect(suggestedLabel(host, taken)).toBe(label);
    expect(labelProblem(label)).toBeUndefined();
  });
});
