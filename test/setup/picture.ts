import type { CellView, Emulator } from '../fixtures/terminal/emulator.js';

/** Size of a character cell, pixels: what DejaVu Sans Mono takes at 14. */
const CELL = { width: 8.43, height: 16.5 };
const MARGIN = 16;
const COLOURS = { background: '#16181d', foreground: '#d6d9de' };
/** The first sixteen as terminals commonly show them. */
const BASE_PALETTE = [
  '#16181d',
  '#e0565b',
  '#5fb86a',
  '#d9a13b',
  '#5b8fd9',
  '#b07cc6',
  '#43b3c4',
  '#c4c8ce',
  '#6b717c',
  '#f0787c',
  '#84d48d',
  '#f0c063',
  '#84b0f0',
  '#cc9fdf',
  '#6fd3e2',
  '#ffffff',
];

/** The screen of a terminal as SVG. */
export function toSvg(emulator: Emulator): string {
  const width = emulator.columns * CELL.width + 2 * MARGIN;
  const height = emulator.rows * CELL.height + 2 * MARGIN;
  const rows = Array.from({ length: emulator.rows }, (_, y) => row(emulator, y)).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" rx="8" fill="${COLOURS.background}"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" xml:space="preserve">
${rows}</g>
</svg>
`;
}

/** One element for each run of cells that look the same. */
function row(emulator: Emulator, y: number): string {
  const cells = Array.from({ length: emulator.columns }, (_, x) => ({
    x,
    cell: emulator.cellAt(x, y),
  }));
  const runs: { x: number; cell: CellView; text: string; width: number }[] = [];
  for (const { x, cell } of cells) {
    if (cell.width === 0) continue;
    const last = runs.at(-1);
    const chars = cell.chars === '' ? ' ' : cell.chars;
    if (last !== undefined && styleOf(last.cell) === styleOf(cell)) {
      last.text += chars;
      last.width += cell.width;
    } else runs.push({ x, cell, text: chars, width: cell.width });
  }
  return runs.map((run) => element(run, y)).join('');
}

function element(
  { x, cell, text, width }: { x: number; cell: CellView; text: string; width: number },
  y: number,
): string {
  const [fg, bg] = cell.inverse
    ? [colour(cell.bg) ?? COLOURS.background, colour(cell.fg) ?? COLOURS.foreground]
    : [colour(cell.fg) ?? COLOURS.foreground, colour(cell.bg)];
  const left = (MARGIN + x * CELL.width).toFixed(1);
  const top = MARGIN + y * CELL.height;
  const length = (width * CELL.width).toFixed(1);
  const box =
    bg === undefined
      ? ''
      : `<rect x="${left}" y="${top}" width="${length}" height="${CELL.height}" fill="${bg}"/>`;
  if (text.trim() === '') return box;
  const bold = cell.bold ? ' font-weight="bold"' : '';
  return `${box}<text x="${left}" y="${top + 13}" fill="${fg}"${bold} textLength="${length}">${escape(text)}</text>\n`;
}

function styleOf({ fg, bg, bold, inverse }: CellView): string {
  return `${fg} ${bg} ${bold} ${inverse}`;
}

/** xterm's palette: 16 named colours, a cube of 6 x 6 x 6, 24 greys. */
function colour(index: number | undefined): string | undefined {
  if (index === undefined) return undefined;
  if (index < 16) return BASE_PALETTE[index];
  const grey = 8 + (index - 232) * 10;
  if (index >= 232) return `rgb(${grey},${grey},${grey})`;
  const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return `rgb(${level(Math.floor(cube / 36))},${level(Math.floor(cube / 6) % 6)},${level(cube % 6)})`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
