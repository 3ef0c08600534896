import { BOX_MARGIN, drawBox } from './box.js';
import type { Card, CardRow } from './card-grid.js';
import { firstFitting } from './first-fitting.js';
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

/** The right text is cut in favour of the left one, which says what the card is of. */
function rowLine({ left, right }: CardRow, columns: number): Markup {
  // The blank at the right end goes before the one between them does.
  const beside = Math.max(0, columns - 2 - width(left));
  const end = truncate(firstFitting(right, beside) ?? '', beside);
  const room = Math.max(0, Math.min(columns - 2 - width(end), columns - 3));
  const start = fit(left, room);
  const gap = width(left) < room || width(end) === 0 ? 0 : 1;
  return fit(join([' ', start, spaces(gap), end]), columns);
}
