import type { ColourDepth } from '../core/capabilities.js';
import {
  BOLD,
  type ColourChanges,
  type ColourName as Meaning,
  type Paint,
  type ThemeName,
} from '../core/colours.js';
import { INVERSE, type Palette, PALETTES, UNDERLINE } from './palettes.js';

/** Meaning of a stretch of text; the theme maps it to colours or plain attributes. */
export type StyleName = ColourName | 'strong' | 'underline' | 'inverse' | 'selected';

/** Colours; the innermost of nested ones applies. Other styles add up. */
export type ColourName = Exclude<Meaning, 'selected'>;

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
  /** Every cell is painted, since the terminal's own background is not used. */
  readonly hasBackground: boolean;
  /** blessed's packed attribute: flags, foreground, background, nine bits each. */
  attribute(look: Look): number;
  spinner(frame: number): string;
}

/** Chosen when the terminal is opened, and again when it says what its background is. */
export function resolveTheme(
  capabilities: {
    readonly colours: ColourDepth;
    readonly ascii: boolean;
    readonly reducedMotion: boolean;
  },
  name?: ThemeName,
  changes: ColourChanges = {},
): Theme {
  const { colours } = capabilities;
  const palette = { ...PALETTES[name ?? 'unknown'][colours], ...shownIn(colours, changes) };
  const frames = capabilities.ascii ? SPINNER_ASCII : SPINNER;
  const still = capabilities.ascii ? '>' : '◐';
  return {
    ascii: capabilities.ascii,
    hasBackground: palette.text.bg !== undefined,
    attribute: (look) => attributeOf(look, palette),
    spinner: (frame) =>
      capabilities.reducedMotion ? still : (frames[frame % frames.length] ?? still),
  };
}

/** Leaves out the colours that this terminal does not have. */
function shownIn(depth: ColourDepth, changes: ColourChanges): ColourChanges {
  const isShown = ({ fg = 0, bg = 0 }: Paint): boolean => Math.max(fg, bg) < depth;
  return Object.fromEntries(Object.entries(changes).filter(([, paint]) => isShown(paint)));
}

const DEFAULT = 0x1ff;

function attributeOf(look: Look, palette: Palette): number {
  const { text } = palette;
  const paint: Paint =
    look.selected === true
      ? palette.selected
      : look.colour === undefined
        ? text
        : palette[look.colour];
  let flags = paint.flags ?? 0;
  if (look.strong === true) flags |= BOLD;
  if (look.underline === true) flags |= UNDERLINE;
  // Reversed within reversed is plain again: a cursor in a selected line stays visible.
  if (look.inverse === true) flags ^= INVERSE;
  const fg = paint.fg ?? text.fg ?? DEFAULT;
  return (flags << 18) | (fg << 9) | (paint.bg ?? text.bg ?? DEFAULT);
}
