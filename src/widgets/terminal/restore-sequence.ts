/**
 * Undoes whatever this program or blessed may have set, in an order that also works after a part
 * of it was done already: paste, focus and mouse reports, attributes, link, scroll region, keypad
 * modes, then the main screen with its cursor position, and the cursor.
 */
export const RESTORE_SEQUENCE =
  '\x1b[?2004l\x1b[?1004l\x1b[?1006l\x1b[?1003l\x1b[?1002l\x1b[?1000l' +
  '\x1b]8;;\x1b\\\x1b[m\x1b[r\x1b[?1l\x1b>\x1b[?1049l\x1b[?25h';
