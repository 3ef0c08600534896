import type { ColourDepth } from '../core/capabilities.js';

/** Meaning of a stretch of text; the theme maps it to colours or plain attributes. */
export type StyleName = ColourName | 'strong' | 'underline' | 'inverse' | 'selected';

/** Colours; the innermost of nested ones applies. Other styles add up. */
export type ColourName = 'accent' | 'ok' | 'warn' | 'danger' | 'muted' | 'badge' | 'alarm';

/** Signs of one column. `spinner` moves by itself while it is on the screen. */
export type GlyphName = keyof typeof GLYPHS | 'spinner';

interface Glyph {
  readonly char: string;
  readonly colour?: ColourName;
}

/** Glyphs; in ASCII replaced as in `characters.ts`. */
export const GLYPHS = {
  ok: { char: '✔', colour: 'ok' },
  failed: { char: '✖', colour: 'danger' },
  warning: { char: '▲', colour: 'warn' },
  online: { char: '●', colour: 'ok' },
  offline: { char: '✖', colour: 'danger' },
  checking: { char: '◌', colour: 'muted' },
  partial: { char: '◐', colour: 'accent' },
  current: { char: '◉', colour: 'accent' },
  pending: { char: '○', colour: 'muted' },
  skipped: { char: '–', colour: 'muted' },
  chosen: { char: '✓', colour: 'accent' },
  pointer: { char: '›', colour: 'accent' },
  separator: { char: '·', colour: 'muted' },
  arrow: { char: '→', colour: 'muted' },
  branch: { char: '└', colour: 'muted' },
  bullet: { char: '•', colour: 'muted' },
} as const satisfies Record<string, Glyph>;

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const SPINNER_ASCII = ['|', '/', '-', '\\'];
/** One turn of the spinner takes about a second. */
export const SPINNER_TICK_MS = 120;

export interface Look {
  readonly colour?: ColourName | undefined;
  readonly strong?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
  readonly selected?: boolean;
}

/** Styles and signs for what one terminal can show. */
export interface Theme {
  readonly ascii: boolean;
  /** blessed's packed attribute: flags, foreground, background, nine bits each. */
  attribute(look: Look): number;
  spinner(frame: number): string;
}

/** Chosen once, when the terminal is opened. */
export function resolveTheme(capabilities: {
  readonly colours: ColourDepth;
  readonly ascii: boolean;
  readonly reducedMotion: boolean;
}): Theme {
  const palette = PALETTES[capabilities.colours];
  const frames = capabilities.ascii ? SPINNER_ASCII : SPINNER;
  const still = capabilities.ascii ? '>' : '◐';
  return {
    ascii: capabilities.ascii,
    attribute: (look) => attributeOf(look, palette),
    spinner: (frame) =>
      capabilities.reducedMotion ? still : (frames[frame % frames.length] ?? still),
  };
}

const BOLD = 1;
const UNDERLINE = 2;
const INVERSE = 8;
const DEFAULT = 0x1ff;

interface Paint {
  readonly fg?: number;
  readonly bg?: number;
  readonly flags?: number;
}

type Palette = Readonly<Record<ColourName | 'selected', Paint>>;

/*
 * 256: of middling lightness, so that they can be read on dark and on light backgrounds alike.
 * 16: the person's own palette. None: weight and reversal only.
 */
const PALETTES: Readonly<Record<ColourDepth, Palette>> = {
  256: {
    accent: { fg: 37 },
    ok: { fg: 71 },
    warn: { fg: 172 },
    danger: { fg: 167 },
    muted: { fg: 245 },
    badge: { fg: 231, bg: 30, flags: BOLD },
    alarm: { fg: 231, bg: 124, flags: BOLD },
    selected: { fg: 231, bg: 24 },
  },
  16: {
    accent: { fg: 6 },
    ok: { fg: 2 },
    warn: { fg: 3 },
    danger: { fg: 1 },
    muted: { fg: 8 },
    badge: { fg: 0, bg: 6 },
    alarm: { fg: 7, bg: 1, flags: BOLD },
    selected: { fg: 0, bg: 6 },
  },
  0: {
    accent: { flags: BOLD },
    ok: {},
    warn: { flags: BOLD },
    danger: { flags: BOLD },
    muted: {},
    badge: { flags: INVERSE },
    alarm: { flags: INVERSE | BOLD },
    selected: { flags: INVERSE },
  },
};

function attributeOf(look: Look, palette: Palette): number {
  const paint: Paint =
    look.selected === true
      ? palette.selected
      : look.colour === undefined
        ? {}
        : palette[look.colour];
  let flags = paint.flags ?? 0;
  if (look.strong === true) flags |= BOLD;
  if (look.underline === true) flags |= UNDERLINE;
  // Reversed within reversed is plain again: a cursor in a selected line stays visible.
  if (look.inverse === true) flags ^= INVERSE;
  return (flags << 18) | ((paint.fg ?? DEFAULT) << 9) | (paint.bg ?? DEFAULT);
}
