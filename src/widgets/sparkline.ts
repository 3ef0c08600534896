import { style, type Markup, text } from './markup.js';

const BLOCKS = '▁▂▃▄▅▆▇█';
/** Without blocks: from low to high. */
const LAST = BLOCKS.length - 1;

/** Block characters for the last `columns` values, scaled from 0 to the largest; a gap for undefined. */
export function sparkline(values: readonly (number | undefined)[], columns: number): Markup {
  const shown = columns > 0 ? values.slice(-columns) : [];
  const highest = Math.max(0, ...shown.map((value) => value ?? 0));
  const blocks = shown.map((value) => {
    if (value === undefined || !Number.isFinite(value)) return ' ';
    const level = highest > 0 ? Math.round((Math.max(0, value) / highest) * LAST) : 0;
    return BLOCKS[level] ?? ' ';
  });
  return style('accent', text(blocks.join('')));
}
