/** Number of colours; 0 for none. */
export type ColourDepth = 256 | 16 | 0;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Features of this terminal, detected here and not by blessed's reading of terminfo. */
export interface Capabilities {
  readonly colours: ColourDepth;
  readonly ascii: boolean;
  readonly reducedMotion: boolean;
  /** Clickable OSC 8 links can be written without showing as garbage. */
  readonly links: boolean;
  /** The window's title can be set, and put back. */
  readonly titles: boolean;
  /**
   * Multiplexer between this program and the terminal; has to be asked to pass sequences through.
   */
  readonly multiplexer: 'tmux' | 'screen' | undefined;
}

export interface CapabilityChoices {
  readonly colours?: ColourDepth | undefined;
  readonly ascii?: boolean | undefined;
  readonly reducedMotion?: boolean | undefined;
}

/** Reads the environment; explicit choices win. */
export function chooseCapabilities(
  env: Environment,
  choices: CapabilityChoices = {},
): Capabilities {
  const term = (env['TERM'] ?? '').toLowerCase();
  return {
    colours: choices.colours ?? coloursOf(term, env),
    ascii: choices.ascii ?? (!hasUtf8Locale(env) || PLAIN_FONT.test(term)),
    reducedMotion: choices.reducedMotion ?? false,
    links: MODERN.test(term),
    titles: TITLED.test(term) && multiplexerOf(term, env) !== 'screen',
    multiplexer: multiplexerOf(term, env),
  };
}

/** The inner one of two: screen leaves tmux's variables in place, and draws a sequence meant for tmux. */
function multiplexerOf(term: string, env: Environment): Capabilities['multiplexer'] {
  if (env['TMUX'] && env['STY']) return term.startsWith('tmux') ? 'tmux' : 'screen';
  return env['TMUX'] ? 'tmux' : env['STY'] ? 'screen' : undefined;
}

/** Console fonts hold 256 or 512 signs, neither check marks nor braille among them. */
const PLAIN_FONT = /^(linux|vt\d+|ansi|cons25|sun|dumb)/;
const MONOCHROME = /^(vt\d+|dumb)/;
const MANY_COLOURS = /256|direct|kitty|ghostty|alacritty|foot|wezterm|contour|rio/;
const MODERN = /^(xterm|screen|tmux|alacritty|foot|wezterm|contour|rio|rxvt|gnome|vte|konsole)/;
/** These keep the title of before on a stack; screen does not. */
const TITLED = /^(xterm|tmux|alacritty|foot|wezterm|contour|rio|rxvt|gnome|vte|konsole)/;

/** FORCE_COLOR before NO_COLOR, as in Node.js, and both before the terminal. */
function coloursOf(term: string, env: Environment): ColourDepth {
  const forced = forcedColours(env['FORCE_COLOR']);
  if (forced === 0) return 0;
  // https://no-color.org: present and not empty, whatever the value.
  const own = forced === undefined && env['NO_COLOR'] ? 0 : terminalColours(term, env);
  return own < (forced ?? 0) ? forced! : own;
}

function terminalColours(term: string, env: Environment): ColourDepth {
  if (MONOCHROME.test(term)) return 0;
  if (MANY_COLOURS.test(term) || /truecolor|24bit/i.test(env['COLORTERM'] ?? '')) return 256;
  return 16;
}

/** The least that FORCE_COLOR asks for: 0 and false for none, 2 and 3 for 256, anything else for 16. */
function forcedColours(value: string | undefined): ColourDepth | undefined {
  if (value === undefined || value === '') return undefined;
  if (/^(0|false)$/i.test(value)) return 0;
  return /^[23]$/.test(value) ? 256 : 16;
}

/** True for a run without a person, which CI announces; `false` and 0 are no announcement. */
export function isCi(env: Environment): boolean {
  return !/^(|0|false)$/i.test(env['CI'] ?? '');
}

/** The first of the three that is set decides (POSIX, "Internationalization Variables"). */
function hasUtf8Locale(env: Environment): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(locale);
}
