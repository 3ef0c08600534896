import { describe, expect, it } from 'vitest';
import { defaultLabel, freeLabel, labelProblem, requireLabel } from '../../src/core/label.js';

describe('label rule', () => {
  it.each(['a', '7', 'fra1-edge', 'a--b', 'x'.repeat(64), defaultLabel('fra1')])(
    'takes %s',
    (label) => {
      expect(labelProblem(label)).toBeUndefined();
      expect(requireLabel(label)).toBe(label);
    },
  );

  it.each([
    ['', /at least one/],
    ['x'.repeat(65), /At most 64/],
    ['Edge', /Lowercase letters only/],
    ['a_b', /numbers and hyphens/],
    ['a b', /numbers and hyphens/],
    ['é', /numbers and hyphens/],
    ['a\n', /numbers and hyphens/],
    ['-a', /start with/],
    ['a-', /end with/],
    ['-', /start with/],
  ])('refuses %j and says which rule it breaks', (label, problem) => {
    expect(labelProblem(label)).toMatch(problem);
    expect(() => requireLabel(label)).toThrow(
      expect.objectContaining({ code: 'label-invalid' }) as Error,
    );
  });
});

describe('the default label', () => {
  it('is unlike all that are taken, and never too long', () => {
    expect(defaultLabel('fra1')).toBe('portlama-fra1');
    expect(defaultLabel('fra1', ['portlama-fra1', 'portlama-fra1-2'])).toBe('portlama-fra1-3');
    const long = 'a'.repeat(64);
    expect(freeLabel(long, [long])).toBe(`${'a'.repeat(62)}-2`);
  });
});
