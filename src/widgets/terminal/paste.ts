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
