import type { InputEvent, Key } from './keys.js';

/** Keys that are one control character. Undefined for text and for what means nothing. */
export function keyOfControl(char: string): Key | undefined {
  const code = char.charCodeAt(0);
  const named = CONTROLS[char];
  if (named !== undefined) return named;
  if (code >= 1 && code <= 26) return `ctrl-${String.fromCharCode(code + 96)}`;
  if (code >= 0x1c && code <= 0x1f) return `ctrl-${String.fromCharCode(code + 64)}`;
  return undefined;
}

const CONTROLS: Readonly<Record<string, Key>> = {
  '\0': 'ctrl-space',
  // Backspace is 7f on most terminals and 08 on the others.
  '\b': 'backspace',
  '\x7f': 'backspace',
  '\t': 'tab',
  '\n': 'enter',
  '\r': 'enter',
  ' ': 'space',
};

/** Final characters of CSI and SS3 sequences (ECMA-48, xterm's ctlseqs). */
const FINALS: Readonly<Record<string, Key>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};

/** First parameter of CSI … ~. */
const TILDES: Readonly<Record<number, Key>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

/** ESC O …: arrows and function keys in application mode, and the number pad. */
export function singleShift(final: string): Key | undefined {
  if (final === 'M') return 'enter';
  if (final === 'I') return 'tab';
  // The number pad: j to y are * + , - . / 0 … 9.
  if (final >= 'j' && final <= 'y') return String.fromCharCode(final.charCodeAt(0) - 64);
  return FINALS[final];
}

interface Found {
  readonly length: number;
  /** Undefined for answers of the terminal and for what means nothing here. */
  readonly event: InputEvent | 'paste-start' | undefined;
}

/** Reads one sequence beginning with ESC [; undefined while its end is missing. */
export function controlSequence(input: string, prefix: string): Found | undefined {
  // The Linux console sends ESC [ [ A … E for F1 … F5.
  if (input[2] === '[') {
    if (input.length < 4) return undefined;
    return {
      length: 4,
      event: named(
        'ABCDE'.includes(input[3]!) ? `f${input.charCodeAt(3) - 64}` : undefined,
        prefix,
      ),
    };
  }
  // Mouse reports of terminals that do not know the SGR form: three characters follow.
  if (input[2] === 'M') return input.length < 6 ? undefined : { length: 6, event: undefined };
  let end = 2;
  while (end < input.length && input[end]! >= ' ' && input[end]! <= '?') end += 1;
  if (end >= input.length) return undefined;
  const final = input[end]!;
  // Treat it as broken off: it has no final character, and the next one is independent.
  if (final < '@' || final > '~') return { length: end, event: undefined };
  return { length: end + 1, event: meaning(input.slice(2, end), final, prefix) };
}

function meaning(parameters: string, final: string, prefix: string): Found['event'] {
  if (parameters.startsWith('<')) return mouseOf(parameters.slice(1), final);
  // Private markers and intermediates are in answers only: "?1;2c", "?2026;2$y", ">0;276;0c".
  if (/[^\d;:]/.test(parameters)) return undefined;
  const numbers = parameters.split(';').map((part) => Number.parseInt(part, 10) || 0);
  const [first = 0, second = 0, third = 0] = numbers;
  if (final === '~') {
    if (first === 200) return 'paste-start';
    if (first === 27) return named(keyOfCode(third, second), prefix);
    return named(withModifiers(TILDES[first], second), prefix);
  }
  if (final === 'u') return named(keyOfCode(first, second), prefix);
  if (final === 'Z') return named('shift-tab', prefix);
  if (parameters === '' && final === 'I') return { type: 'focus', focused: true };
  if (parameters === '' && final === 'O') return { type: 'focus', focused: false };
  // Ignore "CSI row ; column R", the cursor's position: some shells request it before they start
  // this program.
  if (final === 'R' && parameters !== '') return undefined;
  return named(withModifiers(FINALS[final], second), prefix);
}

function named(key: Key | undefined, prefix: string): InputEvent | undefined {
  return key === undefined
    ? undefined
    : { type: 'key', key: key.startsWith(prefix) ? key : prefix + key };
}

/** The modifier parameter is one more than the sum of Shift 1, Alt 2, Ctrl 4. */
function withModifiers(key: Key | undefined, parameter: number): Key | undefined {
  if (key === undefined || parameter < 2) return key;
  const bits = parameter - 1;
  return `${bits & 4 ? 'ctrl-' : ''}${bits & 2 ? 'alt-' : ''}${bits & 1 ? 'shift-' : ''}${key}`;
}

/** CSI code ; modifiers u (fixterms, kitty) and CSI 27 ; modifiers ; code ~ (modifyOtherKeys). */
function keyOfCode(code: number, parameter: number): Key | undefined {
  if (code === 0 || code > 0x10ffff || (code >= 0xe000 && code <= 0xf8ff)) return undefined;
  if (code === 27) return withModifiers('escape', parameter);
  const char = String.fromCodePoint(code);
  const special = CONTROLS[char];
  if (special !== undefined) return withModifiers(special, parameter);
  const shifted = parameter > 1 && ((parameter - 1) & 1) === 1;
  const base = shifted ? char.toUpperCase() : char;
  return withModifiers(base, shifted ? parameter - 1 : parameter);
}

/** SGR reports: button ; column ; row, M pressed, m released. 64 and 65 are the wheel. */
function mouseOf(parameters: string, final: string): InputEvent | undefined {
  const [button = -1, column = 0, row = 0] = parameters.split(';').map(Number);
  const at = { x: column - 1, y: row - 1 };
  if (final !== 'M' && final !== 'm') return undefined;
  if (button === 64) return { type: 'mouse', mouse: { kind: 'wheel-up', ...at } };
  if (button === 65) return { type: 'mouse', mouse: { kind: 'wheel-down', ...at } };
  if ((button & 3) !== 0 || button > 3) return undefined;
  return { type: 'mouse', mouse: { kind: final === 'M' ? 'press' : 'release', ...at } };
}

const PASTE_END = '\x1b[201~';
// oxlint-disable-next-line no-control-regex -- markers are control sequences
const MARKER = /\x1b\[20([01])~/;
const MARKER_LENGTH = PASTE_END.length;
/** The person's clipboard may be large, memory is not endless. */
const MAX_PASTE_LENGTH = 16 * 1024 * 1024;
/** Limit of held characters; no user types as much without a pause. */
const MAX_HELD_LENGTH = 64 * 1024;

/** Collects a paste of any length without searching the same text twice. */
export class PasteCollector {
  private readonly pieces: string[] = [];
  private length = 0;
  private tail = '';

  get text(): string {
    return this.pieces.join('') + this.tail;
  }

  /** Adds input; gives the remainder after the end of the paste, undefined while it continues. */
  add(input: string): string | undefined {
    const all = this.tail + input;
    const end = all.indexOf(PASTE_END);
    if (end >= 0) {
      this.keep(all.slice(0, end));
      this.tail = '';
      return all.slice(end + PASTE_END.length);
    }
    // The end may be cut in two.
    const safe = Math.max(0, all.length - (PASTE_END.length - 1));
    this.keep(all.slice(0, safe));
    this.tail = all.slice(safe);
    return undefined;
  }

  private keep(piece: string): void {
    const room = MAX_PASTE_LENGTH - this.length;
    if (piece === '' || room <= 0) return;
    this.pieces.push(piece.slice(0, room));
    this.length += piece.length;
  }
}

/** Held-back input that turned out to be part of the paste. */
export interface MorePasted {
  readonly text: string;
  /** A marker of a beginning followed. */
  readonly begins: boolean;
  readonly rest: string;
}

/**
 * Holds back input directly after a paste. Some terminals do not strip the end marker from pasted
 * text, so that the clipboard's author could pass text off as keys. Another marker proves that
 * everything before it was pasted.
 */
export class AfterPaste {
  /** Keys, when nothing more comes for a while. */
  held = '';

  /** Undefined while it cannot be told. */
  add(input: string): MorePasted | undefined {
    const all = this.held + input;
    const marker = MARKER.exec(all);
    if (marker !== null) {
      this.held = '';
      const rest = all.slice(marker.index + MARKER_LENGTH);
      return { text: all.slice(0, marker.index), begins: marker[1] === '0', rest };
    }
    this.held = all;
    if (all.length <= MAX_HELD_LENGTH) return undefined;
    // Its end may be the beginning of a marker.
    this.held = all.slice(1 - MARKER_LENGTH);
    return { text: all.slice(0, 1 - MARKER_LENGTH), begins: false, rest: '' };
  }
}
