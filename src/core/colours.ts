/** Themes that can be asked for; `auto` is dark or light by the terminal's own background. */
export const THEME_CHOICES = ['auto', 'dark', 'light', 'high-contrast'] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];
export type ThemeName = Exclude<ThemeChoice, 'auto'>;

/** Meanings that a theme has a colour for. */
export const COLOUR_NAMES = [
  'accent',
  'ok',
  'warn',
  'danger',
  'muted',
  'badge',
  'alarm',
  'selected',
] as const;
export type ColourName = (typeof COLOUR_NAMES)[number];

export const BOLD = 1;

/** Colours by their number in the terminal; one left out is that of `text`, else the terminal's own. */
export interface Paint {
  readonly fg?: number;
  readonly bg?: number;
  readonly flags?: number;
}

/** Colours of a person's own, in place of those of the theme. */
export type ColourChanges = Readonly<Partial<Record<ColourName | 'text', Paint>>>;

/** Red, green and blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Lightness at which black and white text can be read equally well. */
const MIDDLE = 0.179;

/** True for a background that dark text is easier to read on. */
export function isLight(colour: Rgb): boolean {
  return luminance(colour) > MIDDLE;
}

/** Relative luminance from 0 to 1 (WCAG 2.2). */
export function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * Reads a colour as terminals report it (XParseColor: `rgb:` or `rgba:` with one to four hexadecimal digits a part, or
 * `#` and six or twelve); undefined for anything else.
 */
export function parseColour(text: string): Rgb | undefined {
  const slashed = /^rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})(?:\/|$)/i.exec(text);
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(text);
  const long = /^#([\da-f]{4})([\da-f]{4})([\da-f]{4})$/i.exec(text);
  const parts = (slashed ?? hex ?? long)?.slice(1, 4);
  if (parts === undefined) return undefined;
  const values = parts.map((part) =>
    Math.round((Number.parseInt(part, 16) * 255) / (16 ** part.length - 1)),
  );
  return values as unknown as Rgb;
}
