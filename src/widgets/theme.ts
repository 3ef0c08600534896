/** What a stretch of text means; the theme gives it colours or plain attributes. */
export type StyleName =
  'accent' | 'ok' | 'warn' | 'danger' | 'muted' | 'strong' | 'underline' | 'inverse' | 'badge';

/** Signs of one column, in UTF-8 and in ASCII. `spinner` moves by itself while it is on screen. */
export type GlyphName =
  | 'ok' // ✔ *
  | 'failed' // ✖ x
  | 'warning' // ▲ !
  | 'online' // ● *
  | 'offline' // ✖ x
  | 'checking' // ◌ ?
  | 'partial' // ◐ ~
  | 'pending' // ○ o
  | 'skipped' // – -
  | 'spinner' // ⠋ |
  | 'chosen' // ✓ *
  | 'pointer' // › >
  | 'separator' // · -
  | 'arrow' // → >
  | 'branch' // └ `
  | 'bullet'; // • *

export type ColourDepth = 256 | 16 | 0;
