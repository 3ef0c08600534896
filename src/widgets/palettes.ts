import type { ColourDepth } from '../core/capabilities.js';
import type { ColourName, ThemeName } from '../core/colours.js';

export const BOLD = 1;
export const UNDERLINE = 2;
export const INVERSE = 8;

/** Colours by their number in the terminal; one left out is that of `text`, else the terminal's own. */
export interface Paint {
  readonly fg?: number;
  readonly bg?: number;
  readonly flags?: number;
}

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

/**
 * Every colour of the program. `unknown` is for a background that the terminal does not tell: of middling lightness, with
 * a contrast of 4 on black and on white; with 16 colours those of the person's own palette. Text of the others has a
 * contrast of at least 4.5 on their backgrounds (test/widgets/contrast.test.ts); with 16 colours there is no green or
 * grey that can be read on white.
 */
export const PALETTES: Readonly<
  Record<ThemeName | 'unknown', Readonly<Record<ColourDepth, Palette>>>
> = {
  unknown: {
    256: {
      text: {},
      accent: { fg: 30 },
      ok: { fg: 28 },
      warn: { fg: 130 },
      danger: { fg: 161 },
      muted: { fg: 243 },
      badge: { fg: 231, bg: 24, flags: BOLD },
      alarm: { fg: 231, bg: 124, flags: BOLD },
      selected: { fg: 231, bg: 24 },
    },
    16: {
      text: {},
      accent: { fg: 6 },
      ok: { fg: 2 },
      warn: { fg: 3 },
      danger: { fg: 1 },
      muted: { fg: 8 },
      badge: { fg: 0, bg: 6 },
      alarm: { fg: 7, bg: 1, flags: BOLD },
      selected: { fg: 0, bg: 6 },
    },
    0: COLOURLESS,
  },
  dark: {
    256: {
      text: {},
      accent: { fg: 80 },
      ok: { fg: 114 },
      warn: { fg: 214 },
      danger: { fg: 210 },
      muted: { fg: 248 },
      badge: { fg: 16, bg: 80, flags: BOLD },
      alarm: { fg: 231, bg: 124, flags: BOLD },
      selected: { fg: 231, bg: 24 },
    },
    16: {
      text: {},
      accent: { fg: 14 },
      ok: { fg: 10 },
      warn: { fg: 11 },
      danger: { fg: 9 },
      muted: { fg: 7 },
      badge: { fg: 0, bg: 6 },
      alarm: { fg: 15, bg: 1, flags: BOLD },
      selected: { fg: 0, bg: 6 },
    },
    0: COLOURLESS,
  },
  light: {
    256: {
      text: {},
      accent: { fg: 24 },
      ok: { fg: 22 },
      warn: { fg: 94 },
      danger: { fg: 124 },
      muted: { fg: 241 },
      badge: { fg: 231, bg: 24, flags: BOLD },
      alarm: { fg: 231, bg: 124, flags: BOLD },
      selected: { fg: 16, bg: 153 },
    },
    16: {
      text: {},
      accent: { fg: 4 },
      ok: {},
      warn: { fg: 5 },
      danger: { fg: 1 },
      muted: {},
      badge: { fg: 15, bg: 4 },
      alarm: { fg: 15, bg: 1, flags: BOLD },
      selected: { fg: 15, bg: 4 },
    },
    0: COLOURLESS,
  },
  'high-contrast': {
    256: {
      text: { fg: 231, bg: 16 },
      accent: { fg: 51 },
      ok: { fg: 46 },
      warn: { fg: 226 },
      danger: { fg: 210 },
      muted: { fg: 252 },
      badge: { fg: 16, bg: 51, flags: BOLD },
      alarm: { fg: 231, bg: 88, flags: BOLD },
      selected: { fg: 16, bg: 226 },
    },
    16: {
      text: { fg: 15, bg: 0 },
      accent: { fg: 14 },
      ok: { fg: 10 },
      warn: { fg: 11 },
      danger: { fg: 9 },
      muted: { fg: 7 },
      badge: { fg: 0, bg: 14 },
      alarm: { fg: 15, bg: 1, flags: BOLD },
      selected: { fg: 0, bg: 11 },
    },
    0: COLOURLESS,
  },
};
