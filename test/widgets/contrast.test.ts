import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { luminance, parseColour, type Rgb, type ThemeName } from '../../src/core/colours.js';
import { INVERSE, PALETTES } from '../../src/widgets/palettes.js';
import { resolveTheme } from '../../src/widgets/theme.js';

/** Level AA for text (WCAG 2.2, 1.4.3), and AAA. */
const READABLE = 4.5;
const EASY = 7;

/** The sixteen as xterm has them. */
const SIXTEEN: readonly Rgb[] = (
  '000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 ' +
  '7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff'
)
  .split(' ')
  .map((hex) => parseColour(`#${hex}`)!);
const LEVELS = [0, 95, 135, 175, 215, 255];

function rgbOf(colour: number): Rgb {
  if (colour < 16) return SIXTEEN[colour]!;
  if (colour >= 232) {
    const grey = 8 + (colour - 232) * 10;
    return [grey, grey, grey];
  }
  const at = colour - 16;
  return [LEVELS[Math.floor(at / 36)]!, LEVELS[Math.floor(at / 6) % 6]!, LEVELS[at % 6]!];
}

function contrast(one: Rgb, other: Rgb): number {
  const [lower = 0, higher = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (higher + 0.05) / (lower + 0.05);
}

/** Backgrounds and texts of terminals: xterm, VS Code, Ubuntu, Solarized, One Dark, Nord; and the light ones of them. */
const TERMINALS: Readonly<Record<ThemeName, readonly (readonly [bg: string, fg: string])[]>> = {
  dark: [
    ['#000000', '#e5e5e5'],
    ['#1e1e1e', '#cccccc'],
    ['#300a24', '#ffffff'],
    ['#002b36', '#93a1a1'],
    ['#282c34', '#abb2bf'],
    ['#2e3440', '#d8dee9'],
  ],
  light: [
    ['#ffffff', '#000000'],
    ['#fdf6e3', '#586e75'],
    ['#fafafa', '#383a42'],
    ['#eeeeee', '#333333'],
  ],
  // It paints its own.
  'high-contrast': [['#808080', '#808080']],
};
const LOOKS = Object.keys(PALETTES.dark[256]);

const cases = (Object.keys(TERMINALS) as ThemeName[]).flatMap((theme) =>
  ([256, 16] as const).map((depth) => [theme, depth] as const),
);

describe.each(cases)('the theme %s with %i colours', (name, colours) => {
  const theme = resolveTheme({ colours, ascii: false, reducedMotion: false }, name);

  it.each(LOOKS)('has a readable %s, also reversed, strong and underlined', (look) => {
    for (const [bg, fg] of colours === 16 ? TERMINALS[name].slice(0, 1) : TERMINALS[name])
      for (const more of [{}, { inverse: true }, { strong: true }, { underline: true }]) {
        const attribute = theme.attribute({ ...lookOf(look), ...more });
        const [front, back] = [(attribute >> 9) & 0x1ff, attribute & 0x1ff];
        const text = front === 0x1ff ? parseColour(fg)! : rgbOf(front);
        const ground = back === 0x1ff ? parseColour(bg)! : rgbOf(back);
        const least = name === 'high-contrast' && colours === 256 ? EASY : READABLE;
        expect(contrast(text, ground), `${look} on ${bg}`).toBeGreaterThanOrEqual(least);
      }
  });
});

it('can be read on black and on white before the terminal has told its background', () => {
  const theme = resolveTheme({ colours: 256, ascii: false, reducedMotion: false });
  for (const look of LOOKS.filter((name) => name !== 'text'))
    for (const bg of ['#000000', '#ffffff']) {
      const attribute = theme.attribute(lookOf(look));
      const back = attribute & 0x1ff;
      const ground = back === 0x1ff ? parseColour(bg)! : rgbOf(back);
      expect(contrast(rgbOf((attribute >> 9) & 0x1ff), ground), look).toBeGreaterThanOrEqual(4);
    }
});

it('reverses and weighs instead of colouring where there are no colours', () => {
  for (const name of [undefined, 'dark', 'light', 'high-contrast'] as const) {
    const theme = resolveTheme({ colours: 0, ascii: false, reducedMotion: false }, name);
    for (const look of LOOKS) expect(theme.attribute(lookOf(look)) & 0x3ffff).toBe(0x3ffff);
    expect(theme.attribute({ selected: true }) >> 18).toBe(INVERSE);
  }
});

function lookOf(name: string): Parameters<ReturnType<typeof resolveTheme>['attribute']>[0] {
  if (name === 'text') return {};
  return name === 'selected' ? { selected: true } : { colour: name as 'accent' };
}

it('is the only place of colours: nothing else on the screen names one by its number', () => {
  const source = resolve(import.meta.dirname, '../../src');
  const files = ['app', 'screens', 'widgets', 'words'].flatMap((folder) =>
    readdirSync(join(source, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && name !== 'palettes.ts')
      .map((name) => join(source, folder, name)),
  );
  const literal = /\b[fb]g: \d|38;[25];|48;[25];|\\x1b\[[34]\d|[a-z]-[fb]g\}|['"]#[\da-f]{6}['"]/i;
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => literal.test(readFileSync(file, 'utf8')))).toEqual([]);
});
