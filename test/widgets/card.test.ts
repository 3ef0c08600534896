import { describe, expect, it } from 'vitest';
import { cardLines } from '../../src/widgets/card-grid.js';
import { plain, width } from '../../src/widgets/markup.js';

const size = { width: 22, height: 3 };
const plainly = { selected: false, focused: false };

function row(left: string, right: string | readonly string[], columns = 22): string {
  const card = { id: left, title: 'Sydney 1', rows: [{ left, right }] };
  const [, line] = cardLines(card, { ...size, width: columns }, plainly);
  expect(width(line!)).toBe(columns);
  return plain(line!);
}

describe('a row of a card', () => {
  it('keeps its left text whole and says the right one in fewer words, or cuts it', () => {
    const texts = ['✓ no measurement', '✓ no answer'];
    expect(row('syd1', texts, 26)).toBe('│ syd1  ✓ no measurement │');
    expect(row('syd1', texts)).toBe('│ syd1   ✓ no answer │');
    expect(row('syd1', 'no measurement')).toBe('│ syd1 no measureme… │');
    expect(row('syd1', '✓ no measurement')).toBe('│ syd1 ✓ no measure… │');
    expect(row('a-slug-of-23-characters', '21 ms')).toBe('│ a-slug-of-23-char… │');
  });

  it('never touches the border, at any width and with double width characters', () => {
    const words = [
      '',
      'a',
      'syd1',
      '日本語',
      'no measurement',
      'San Francisco 3, 日本',
      'x'.repeat(40),
    ];
    for (let columns = 8; columns <= 40; columns += 1)
      for (const left of words)
        for (const right of words)
          expect(row(left, right, columns), `${columns} ${left} ${right}`).toMatch(/^│ .* │$/);
  });
});
