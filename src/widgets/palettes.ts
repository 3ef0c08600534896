import type { ColourDepth } from '../core/capabilities.js';
import {
  BOLD,
  COLOUR_NAMES,
  type ColourName,
  type Paint,
  type ThemeName,
} from '../core/colours.js';

export const UNDERLINE = 2;
export const INVERSE = 8;

export type Palette = Readonly<Record<ColourName | 'text', Paint>>;

/** Weight and reversal only. */
const COLOURLESS: Palette = {
  text: {},
  accent: { flags: BOLD },
  ok: {},
  warn: { flags: BOLD },
  danger: { flags: BOLD },
  muted: {},
  badge: { flags: INVERSE },
  alarm: { flags: INVERSE | BOLD },
  selected: { flags: INVERSE },
};

/** Reads a row: each a text colour, `/` and its background, `!` where it is bold; `-` for the colour of the text. */
function paletteOf(row: string): Palette {
  const paints = row
    .trim()
    .split(/\s+/)
    .map((cell): Paint => {
      const [, fg, bg, bold] = /^(\d+)?(?:\/(\d+))?-?(!)?$/.exec(cell) ?? [];
      return {
        ...(fg === undefined ? {} : { fg: Number(fg) }),
        ...(bg === undefined ? {} : { bg: Number(bg) }),
        ...(bold === undefined ? {} : { flags: BOLD }),
      };
    });
  const names = ['text', ...COLOUR_NAMES];
  return Object.fromEntries(names.map((name, index) => [name, paints[index]!])) as Palette;
}

/**
 * Every colour of the program. `unknown` is for a background that the terminal does not tell: of middling lightness, with
 * a contrast of 4 on black and on white; with 16 colours those of the person's own palette. Text of the others has a
 * contrast of at least 4.5 on their backgrounds (test/widgets/contrast.test.ts); with 16 colours there is no green or
 * grey that can be read on white.
 *
 * Columns: text, accent, ok, warn, danger, muted, badge, alarm, selected.
 */
// prettier-ignore
export const PALETTES: Readonly<
  Record<ThemeName | 'unknown', Readonly<Record<ColourDepth, Palette>>>
> = {
  unknown: {
    256: paletteOf('-      30  28 130 161 243 231/24! 231/124! 231/24'),
    16:  paletteOf('-       6   2   3   1   8    0/6      7/1!    0/6'),
    0: COLOURLESS,
  },
  dark: {
    256: paletteOf('-      80 114 214 210 248  16/80! 231/124! 231/24'),
    16:  paletteOf('-      14  10  11   9   7    0/6     15/1!    0/6'),
    0: COLOURLESS,
  },
  light: {
    256: paletteOf('-      24  22  94 124 241 231/24! 231/124! 16/153'),
    16:  paletteOf('-       4   -   5   1   -   15/4     15/1!   15/4'),
    0: COLOURLESS,
  },
  'high-contrast': {
    256: paletteOf('231/16 51  46 226 210 252  16/51!  231/88! 16/226'),
    16:  paletteOf('15/0   14  10  11   9   7    0/14    15/1!   0/11'),
    0: COLOURLESS,
  },
};
