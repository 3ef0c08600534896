import { StringDecoder } from 'node:string_decoder';
import { clean } from '../characters.js';
import {
  AfterPaste,
  controlSequence,
  keyOfControl,
  PasteCollector,
  singleShift,
} from './key-sequences.js';
import type { InputEvent } from './keys.js';

/**
 * Waiting times for the rest of unfinished input, milliseconds. A lone ESC is a key after a short
 * wait; longer beginnings are almost certainly sequences on a slow line; nobody types the beginning
 * of a mouse report or of an answer about colours; a paste may stall. Input within the last limit after a paste is not typed.
 */
export const ESCAPE_WAIT_MS = 150;
export const SEQUENCE_WAIT_MS = 500;
export const ANSWER_WAIT_MS = 3_000;
export const PASTE_WAIT_MS = 5_000;
export const AFTER_PASTE_WAIT_MS = 100;

const ESC = '\x1b';
/** A terminal's answer is never this long; a lost end must not swallow the keyboard. */
const MAX_STRING_LENGTH = 8_192;

/**
 * Turns what a terminal sends into keys, pastes, mouse and focus events, however it is cut into
 * packets. Answers of the terminal (cursor position, device attributes …) are no keys; only the one
 * about its background is told.
 * Keeps state, has no timers: when nothing came for `waitMs`, call `flush`.
 */
export class InputFilter {
  private readonly decoder = new StringDecoder('utf8');
  private pending = '';
  private paste: PasteCollector | undefined;
  private after: AfterPaste | undefined;
  private afterReturn = false;

  /** True while input after a paste is held back because it may belong to the paste. */
  get isHolding(): boolean {
    return this.after !== undefined;
  }

  /** Time to wait before `flush`; undefined when no input is unfinished. */
  get waitMs(): number | undefined {
    if (this.paste !== undefined) return PASTE_WAIT_MS;
    if (this.after !== undefined) return AFTER_PASTE_WAIT_MS;
    if (this.pending === '') return undefined;
    if (this.pending.startsWith(BACKGROUND) || this.pending.startsWith(MOUSE))
      return ANSWER_WAIT_MS;
    return isEscapes(this.pending) ? ESCAPE_WAIT_MS : SEQUENCE_WAIT_MS;
  }

  feed(chunk: Uint8Array): InputEvent[] {
    const events: InputEvent[] = [];
    this.consume(this.decoder.write(Buffer.from(chunk)), events);
    return events;
  }

  /**
   * Gives up waiting for the rest: interprets unfinished input as a key, or drops it. More may be
   * unfinished afterwards.
   */
  flush(): InputEvent[] {
    if (this.paste !== undefined) {
      const pasted = this.paste.text;
      this.paste = undefined;
      return [{ type: 'paste', text: pasted }];
    }
    if (this.after !== undefined) {
      const { held } = this.after;
      this.after = undefined;
      const events: InputEvent[] = [];
      this.consume(held, events);
      return events;
    }
    const rest = this.pending;
    this.pending = '';
    if (isEscapes(rest)) return Array.from(rest, () => key('escape'));
    return rest.length === 2 ? [key(`alt-${rest[1]}`)] : [];
  }

  private consume(decoded: string, events: InputEvent[]): void {
    let input = this.pending + decoded;
    this.pending = '';
    while (input !== '') {
      if (this.paste !== undefined || this.after !== undefined) {
        const rest = this.takePasted(input, events);
        if (rest === undefined) return;
        input = rest;
        continue;
      }
      const used = input[0] === ESC ? this.takeEscape(input, events) : this.takeText(input, events);
      if (used === 0) {
        this.pending = input;
        return;
      }
      input = input.slice(used);
    }
  }

  /** Consumes a paste and its continuation; gives the remaining input, undefined for none. */
  private takePasted(input: string, events: InputEvent[]): string | undefined {
    if (this.paste !== undefined) {
      const rest = this.paste.add(input);
      if (rest === undefined) return undefined;
      events.push({ type: 'paste', text: this.paste.text });
      this.paste = undefined;
      this.after = new AfterPaste();
      return rest;
    }
    const more = this.after?.add(input);
    if (more === undefined) return undefined;
    if (more.text !== '') events.push({ type: 'paste', text: more.text });
    if (more.begins) {
      this.after = undefined;
      this.paste = new PasteCollector();
    }
    return more.rest;
  }

  /** Everything up to the next ESC. */
  private takeText(input: string, events: InputEvent[]): number {
    const end = input.indexOf(ESC);
    const plain = end < 0 ? input : input.slice(0, end);
    for (const char of plain) {
      // Enter is one key, whether it comes as CR, LF or both.
      const name = char === '\n' && this.afterReturn ? undefined : keyOfControl(char);
      this.afterReturn = char === '\r';
      if (name !== undefined) events.push(key(name));
      else if (char > '\x1f' && clean(char) !== '') events.push(key(char));
    }
    return plain.length;
  }

  /** Consumes a sequence; gives the number of characters used, 0 while it is incomplete. */
  private takeEscape(input: string, events: InputEvent[]): number {
    this.afterReturn = false;
    const kind = input[1];
    switch (kind) {
      case undefined:
        return 0;
      case '[':
        return this.takeControlSequence(input, events, '');
      case 'O':
        return takeSingleShift(input, events, '');
      case ']':
      case 'P':
      case 'X':
      case '^':
      case '_':
        return takeString(input, events);
      case ESC:
        return this.takeDoubleEscape(input, events);
      default: {
        const char = String.fromCodePoint(input.codePointAt(1) ?? 0);
        const name = keyOfControl(char) ?? (clean(char) === '' ? undefined : char);
        if (name !== undefined) events.push(key(`alt-${name === ' ' ? 'space' : name}`));
        return 1 + char.length;
      }
    }
  }

  /** ESC ESC [ A is Alt with an arrow on some terminals; otherwise the first one was a key. */
  private takeDoubleEscape(input: string, events: InputEvent[]): number {
    const inner = input.slice(1);
    if (inner.length === 1) return 0;
    let used = -1;
    if (inner[1] === '[') used = this.takeControlSequence(inner, events, 'alt-');
    else if (inner[1] === 'O') used = takeSingleShift(inner, events, 'alt-');
    if (used === 0) return 0;
    if (used > 0) return 1 + used;
    events.push(key('escape'));
    return 1;
  }

  private takeControlSequence(input: string, events: InputEvent[], prefix: string): number {
    const found = controlSequence(input, prefix);
    if (found === undefined) return 0;
    if (found.event === 'paste-start') this.paste = new PasteCollector();
    else if (found.event !== undefined) events.push(found.event);
    return found.length;
  }
}

/** Esc, once or twice. */
function isEscapes(pending: string): boolean {
  return pending !== '' && pending.replaceAll(ESC, '') === '';
}

function takeSingleShift(input: string, events: InputEvent[], prefix: string): number {
  if (input.length < 3) return 0;
  const name = singleShift(input[2]!);
  if (name !== undefined) events.push(key(prefix + name));
  return 3;
}

/** Beginning of a mouse report (SGR). */
const MOUSE = `${ESC}[<`;
/** Beginning of OSC 11. */
const BACKGROUND = `${ESC}]11;`;

/** OSC, DCS, SOS, PM, APC: an answer, up to its end. */
function takeString(input: string, events: InputEvent[]): number {
  // oxlint-disable-next-line no-control-regex -- the ends of such a string are control characters
  const end = /\x07|\x9c|\x1b\\/.exec(input.slice(2));
  if (end !== null) {
    if (input.startsWith(BACKGROUND))
      events.push({
        type: 'background',
        colour: input.slice(BACKGROUND.length, 2 + end.index),
      });
    return 2 + end.index + end[0].length;
  }
  if (input.length < MAX_STRING_LENGTH) return 0;
  events.push(key(`alt-${input[1]}`));
  return input.length;
}

function key(name: string): InputEvent {
  return { type: 'key', key: name };
}
