import type { GlyphName, StyleName } from './theme.js';

declare const MARKUP: unique symbol;

/**
 * Cleaned text with styles. Only this file makes one, so whatever is a Markup carries no control
 * sequence. Colours and glyphs are names; they become real when painted, by the terminal's theme.
 */
export interface Markup {
  readonly [MARKUP]: true;
}

/** What every widget takes wherever text is shown: a plain string is untrusted and cleaned first. */
export type Text = string | Markup;

/** Cleans a string: no ESC, C0, C1, bidi control; tabs and line breaks become spaces. */
export declare function text(untrusted: string): Markup;
/** Puts parts one after another. */
export declare function join(parts: readonly Text[], separator?: Text): Markup;
/** Applies a style to what has none yet (an inner style wins). */
export declare function style(name: StyleName, part: Text): Markup;
/** A glyph by name, one column wide in every theme; coloured by its meaning unless styled. */
export declare function glyph(name: GlyphName): Markup;
/** Time since `sinceMs` (epoch), kept up to date by the terminal: `7 s`, `1m 22s`. */
export declare function elapsedSince(sinceMs: number): Markup;
/** Text that is also a clickable OSC 8 link where the terminal knows them. http(s) only. */
export declare function link(url: string, part?: Text): Markup;
/** Columns needed. */
export declare function width(part: Text): number;
/** Exactly `columns` wide: cut with an ellipsis or padded. */
export declare function fit(part: Text, columns: number, align?: Align): Markup;
/** At most `columns` wide, cut with an ellipsis. */
export declare function truncate(part: Text, columns: number): Markup;
/** Word-wrapped lines, each at most `columns` wide; long words are split. */
export declare function wrap(part: Text, columns: number): Markup[];
/** The characters alone, for searching and comparing. */
export declare function plain(part: Text): string;

export type Align = 'left' | 'right' | 'centre';
