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
    expect(row('syd1', 'no measurement')).toBe('│ syd1 no measurement│');
    expect(row('syd1', '✓ no measurement')).toBe('│ syd1 ✓ no measurem…│');
    expect(row('a-slug-of-23-characters', '21 ms')).toBe('│ a-slug-of-23-cha…  │');
  });
});
