/**
 * Takes the README's pictures: the real program creates a server in its sandbox, in a real pseudo-terminal, and what the
 * terminal shows on the way is written to docs/pictures as SVG, and as PNG by rsvg-convert (Debian's librsvg2-bin).
 * Run with: npm run screenshot
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CellView, Emulator } from '../fixtures/terminal/emulator.js';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/main.js');
const TARGET = join(ROOT, 'docs/pictures');
const COLUMNS = 100;
const ROWS = 30;
/** Pixels of the PNG for one of the SVG: sharp on dense screens. */
const ZOOM = '1.5';
const BEFORE = [
  ['fra1', 'fra1-edge'],
  ['ams3', 'ams3-lab'],
] as const;
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

const folder = await mkdtemp(join(tmpdir(), 'portlama-screenshot-'));
const home = join(folder, 'portlama');
const env = {
  HOME: folder,
  PORTLAMA_HOME: home,
  PORTLAMA_SANDBOX_DELAYS: '0.3',
  PATH: process.env['PATH'] ?? '',
  LANG: 'C.UTF-8',
  // That of the background of the pictures, which no terminal is there to tell.
  PORTLAMA_THEME: 'dark',
};
await mkdir(TARGET, { recursive: true });
for (const [region, label] of BEFORE)
  execFileSync(
    process.execPath,
    [MAIN, '--sandbox', 'provision', '--region', region, '--label', label],
    { env },
  );
const person = ptyProgram({
  command: [process.execPath, MAIN, '--sandbox'],
  columns: COLUMNS,
  rows: ROWS,
  env,
});
try {
  await person.waitFor('2 online', 60_000);
  await person.waitFor((screen) => !screen.includes('while you were away'), 60_000);
  person.press('n');
  await person.waitFor('Validate');
  person.press('enter');
  await person.waitFor('› Next ‹', 60_000);
  person.press('enter');
  await person.waitFor('✓');
  await person.waitForQuiet(1500);
  await take('regions');
  person.press('enter');
  await person.waitFor('This will be created');
  person.press('enter');
  await person.waitFor('› Create server ‹');
  person.press('enter');
  await person.waitFor('deploying the panel', 60_000);
  await person.waitForQuiet(300, 1500);
  await take('provisioning');
  person.press('escape');
  await person.waitFor(/3 servers.*3 online/, 120_000);
  await person.waitForQuiet(1500, 15_000);
  await take('servers');
} finally {
  await person.kill();
  const record = JSON.parse(await readFile(join(`${home}-sandbox`, 'sandbox.json'), 'utf8')) as {
    pid: number;
  };
  process.kill(record.pid, 'SIGTERM');
  await rm(folder, { recursive: true, force: true });
}

async function take(name: string): Promise<void> {
  const [svg, png] = ['svg', 'png'].map((kind) => join(TARGET, `${name}.${kind}`)) as [
    string,
    string,
  ];
  await writeFile(svg, toSvg(person.emulator));
  execFileSync('rsvg-convert', ['--zoom', ZOOM, '--output', png, svg]);
  console.log(`wrote ${svg} and ${png}`);
}

function toSvg(emulator: Emulator): string {
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
