import type { Capabilities } from '../../core/capabilities.js';
import { cleanLine, cleanLines } from '../../core/clean.js';
import { asciiOf, units } from '../characters.js';

/** Bracketed paste on and focus reports on. Mouse only when asked for (buttons and wheel, SGR). */
export function enterSequence(mouse: boolean): string {
  return `\x1b[?2004h\x1b[?1004h${mouse ? '\x1b[?1000h\x1b[?1006h' : ''}`;
}

/** Saves the cursor, and clears the screen that it changes to. */
export const ENTER_ALTERNATE = '\x1b[?1049h';

/**
 * Sequence that blessed writes at its start, used for coming back: alternate screen, keypad, no
 * cursor.
 */
export const ALTERNATE_SCREEN = `${ENTER_ALTERNATE}\x1b[?1h\x1b=\x1b[?25l`;

export const BELL = '\x07';

/** Puts text into the clipboard of the terminal (OSC 52), as one clean line: it may be pasted into a shell. */
export function clipboardSequence(value: string, capabilities: Capabilities): string {
  return clipboardOf(cleanLine(value), capabilities);
}

/** Like `clipboardSequence`, for prose of several lines. */
export function clipboardLinesSequence(value: string, capabilities: Capabilities): string {
  return clipboardOf(cleanLines(value), capabilities);
}

function clipboardOf(cleaned: string, capabilities: Capabilities): string {
  const sequence = `\x1b]52;c;${Buffer.from(cleaned, 'utf8').toString('base64')}\x07`;
  const wrapped = passThrough(sequence, capabilities);
  // tmux with `set-clipboard on` takes the plain one, with `allow-passthrough on` the wrapped one.
  return capabilities.multiplexer === 'tmux' ? sequence + wrapped : wrapped;
}

/** A desktop notification (OSC 9). */
export function notificationSequence(message: string, capabilities: Capabilities): string {
  return passThrough(`\x1b]9;${shown(message, capabilities)}\x07`, capabilities);
}

/** Names the window or tab (OSC 2), and keeps its name of before once; empty where the terminal does not do that. */
export function titleSequence(title: string, isFirst: boolean, capabilities: Capabilities): string {
  if (!capabilities.titles) return '';
  return `${isFirst ? '\x1b[22;2t' : ''}\x1b]2;${shown(title, capabilities)}\x07`;
}

/** Text that the terminal shows outside the screen, in its characters. */
function shown(text: string, { ascii }: Capabilities): string {
  const cleaned = cleanLine(text);
  return ascii ? [...units(cleaned)].map(asciiOf).join('') : cleaned;
}

/**
 * Asks the terminal for its background (OSC 11). tmux answers itself or not at all; screen hands it on. Empty where the
 * question could be drawn: a terminal of a kind that takes OSC 8 ignores what it does not know.
 */
export function backgroundQuery(capabilities: Capabilities): string {
  if (!capabilities.links || capabilities.colours === 0) return '';
  // Within screen's own string the end of another would end both, and anywhere else BEL could ring.
  return capabilities.multiplexer === 'screen'
    ? passThrough('\x1b]11;?\x07', capabilities)
    : '\x1b]11;?\x1b\\';
}

/** Gives the window its name of before back; one that keeps none is nameless until its shell says otherwise. */
export const RESTORE_TITLE = '\x1b]2;\x07\x1b[23;2t';

/** Wraps a sequence so that tmux or screen hands it on to the terminal outside. */
export function passThrough(sequence: string, { multiplexer }: Capabilities): string {
  if (multiplexer === 'tmux') return `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
  if (multiplexer === 'screen') return `\x1bP${sequence}\x1b\\`;
  return sequence;
}
