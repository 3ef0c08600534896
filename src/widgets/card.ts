import { BOX_MARGIN, drawBox } from './box.js';
import type { Card, CardRow } from './card-grid.js';
import type { Size } from './layout.js';
import { fit, glyph, join, type Markup, spaces, style, truncate, width } from './markup.js';

/** A card with its border. The selected one has thick lines and a pointer, not a colour only. */
export function cardLines(
  card: Card,
  size: Size,
  { selected, focused }: { readonly selected: boolean; readonly focused: boolean },
): Markup[] {
  const title = selected
    ? join([glyph('pointer'), ' ', style('strong', card.title)])
    : card.muted === true
      ? style('muted', card.title)
      : card.title;
  const rows = card.rows.map((row) => rowLine(row, size.width - BOX_MARGIN));
  return drawBox(
    size,
    { title, heavy: selected, style: selected && focused ? 'accent' : undefined },
    card.muted === true ? rows.map((row) => style('muted', row)) : rows,
  );
}

/** Left text cut in favour of the right one, which is a measurement as a rule. */
function rowLine({ left, right }: CardRow, columns: number): Markup {
  const end = right === undefined ? spaces(0) : truncate(right, columns - 1);
  const room = Math.max(0, columns - 2 - width(end));
  return fit(join([' ', fit(left, room), end]), columns);
}
