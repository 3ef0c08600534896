import type { Size } from './layout.js';
import { fit, join, type Markup, spaces, style, type Text, truncate, width } from './markup.js';
import type { StyleName } from './theme.js';

export interface BoxOptions {
  readonly title?: Text | undefined;
  /** At the right end of the top border. */
  readonly right?: Text | undefined;
  /** Style of the border; muted by default. */
  readonly style?: StyleName | undefined;
  /** Thick lines: a second sign besides the colour. */
  readonly heavy?: boolean | undefined;
}

const LIGHT = { top: '┌┐', bottom: '└┘', across: '─', down: '│' };
const HEAVY = { top: '┏┓', bottom: '┗┛', across: '━', down: '┃' };

/** Rows and columns a box takes for itself. */
export const BOX_MARGIN = 2;

/** A border with titles around lines, exactly as large as `size`. */
export function drawBox(size: Size, options: BoxOptions, lines: readonly Markup[]): Markup[] {
  const { width: columns, height } = size;
  if (columns < 4 || height < 2) return [];
  const { top, bottom, across, down } = options.heavy === true ? HEAVY : LIGHT;
  const paint = (part: Text): Markup => style(options.style ?? 'muted', part);
  const inner = columns - BOX_MARGIN;
  const body = Array.from({ length: height - BOX_MARGIN }, (_, index) =>
    join([paint(down), fit(lines[index] ?? '', inner), paint(down)]),
  );
  return [
    join([paint(top.charAt(0)), titleLine(inner, options, across, paint), paint(top.charAt(1))]),
    ...body,
    paint(bottom.charAt(0) + across.repeat(inner) + bottom.charAt(1)),
  ];
}

/** The title at the left, the other one at the right as long as both fit. */
function titleLine(
  columns: number,
  { title, right }: BoxOptions,
  across: string,
  paint: (part: Text) => Markup,
): Markup {
  const name = title === undefined ? spaces(0) : padded(title, columns);
  const rest = columns - width(name);
  const note = right === undefined ? spaces(0) : padded(right, columns);
  const shown =
    width(note) > 0 && width(note) + 2 <= rest ? join([note, paint(across)]) : spaces(0);
  return join([name, paint(across.repeat(Math.max(0, rest - width(shown)))), shown]);
}

function padded(title: Text, columns: number): Markup {
  if (width(title) === 0 || columns < 5) return spaces(0);
  return join([' ', truncate(title, columns - 2), ' ']);
}
