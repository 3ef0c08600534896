import type { Rgb } from './colours.js';

/** Shares of the 6x6x6 cube of a terminal with 256 colours. */
const LEVELS = [0, 95, 135, 175, 215, 255];

/** Number of the colour nearest to this one, from the cube or its greys: the first 16 are the person's own. */
export function nearestColour(wanted: Rgb): number {
  const [red, green, blue] = wanted.map((value) => nearestOf(LEVELS, value)) as [
    number,
    number,
    number,
  ];
  const cube = [LEVELS[red]!, LEVELS[green]!, LEVELS[blue]!] as const;
  const average = (wanted[0] + wanted[1] + wanted[2]) / 3;
  const step = Math.max(0, Math.min(23, Math.round((average - 8) / 10)));
  const grey = 8 + step * 10;
  return distance([grey, grey, grey], wanted) < distance(cube, wanted)
    ? 232 + step
    : 16 + 36 * red + 6 * green + blue;
}

function nearestOf(levels: readonly number[], value: number): number {
  const gaps = levels.map((level) => Math.abs(level - value));
  return gaps.indexOf(Math.min(...gaps));
}

function distance(one: Rgb, other: Rgb): number {
  return one.reduce((sum, value, index) => sum + (value - other[index]!) ** 2, 0);
}
