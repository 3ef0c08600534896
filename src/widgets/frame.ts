import { type Disposable, toDisposable } from '../core/lifecycle.js';
import { Arrangement, type LayoutLike, type Rect } from './layout.js';
import {
  fit,
  glyph,
  join,
  type Markup,
  style,
  target,
  type Text,
  truncate,
  width,
} from './markup.js';
import type { Overlay } from './panel.js';
import { Surface } from './surface.js';
import { Pointer, targetOfKey } from './pointer.js';
import { type Key, keyLabel, type Mouse } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { GlyphName } from './theme.js';
import { titleLine, type TitleParts } from './title-line.js';
import type { FocusRing } from './widget.js';
import { wrap } from './paragraph.js';

export interface Hint {
  readonly keys: readonly Key[];
  readonly label: string;
  /** Shown muted. */
  readonly disabled?: boolean;
  /** Stands after all others, however useful. */
  readonly last?: boolean;
}

export interface Toast {
  readonly style: 'ok' | 'warn' | 'danger' | 'accent';
  readonly text: Text;
}

export interface FrameData extends TitleParts {
  /** Most useful first; those that do not fit are left out. */
  readonly hints: readonly Hint[];
  /** Above the hint line, over the last rows of the body; the last one at the bottom, and whole. */
  readonly toasts?: readonly Toast[] | undefined;
}

const TOAST_GLYPH: Readonly<Record<Toast['style'], GlyphName>> = {
  ok: 'ok',
  warn: 'warning',
  danger: 'failed',
  accent: 'bullet',
};
const TOAST_LAYER = 50;
/** Layers between one overlay and the next: what is inside an overlay is above it. */
const OVERLAY_LAYERS = 100;

/** Title line, body, hint line; a toast and the overlays above them. Fills the terminal. */
export class Frame implements Disposable {
  private readonly title: Surface;
  private readonly hints: Surface;
  private readonly toast: Surface;
  private readonly body = new Arrangement();
  private readonly pointer: Pointer;
  private readonly resizing: Disposable;
  private overlays: readonly Overlay[] = [];
  private data: FrameData = { breadcrumb: [], hints: [] };

  constructor(private readonly terminal: Terminal) {
    const { ascii } = terminal.capabilities;
    this.title = new Surface(terminal, (size) => [titleLine(this.data, size.width)]);
    this.hints = new Surface(terminal, ({ width }) => [hintLine(this.data.hints, width, ascii)]);
    this.toast = new Surface(terminal, (size) => toastLines(this.data.toasts ?? [], size.width));
    this.pointer = new Pointer(terminal.stage);
    this.resizing = terminal.onResize(() => this.arrange());
    this.arrange();
  }

  /** The topmost overlay. */
  get overlay(): Overlay | undefined {
    return this.overlays.at(-1);
  }

  set(data: FrameData): void {
    const before = this.data;
    this.data = data;
    this.title.invalidate();
    this.hints.invalidate();
    this.toast.invalidate();
    if (before.toasts !== data.toasts) this.placeToast();
  }

  /** Shows another body; what the layout before named is hidden, not disposed. */
  setBody(layout: LayoutLike): void {
    this.body.setLayout(layout);
  }

  /** Shows an overlay above everything and gives it the focus; disposing hides it again. */
  open(overlay: Overlay): Disposable {
    this.overlay?.setFocused(false);
    this.overlays = [...this.overlays, overlay];
    overlay.setFocused(true);
    this.placeOverlays();
    return toDisposable(() => {
      this.overlays = this.overlays.filter((open) => open !== overlay);
      overlay.place(undefined);
      overlay.setFocused(false);
      this.overlay?.setFocused(true);
      this.placeOverlays();
    });
  }

  /** Keys and pastes go to the topmost overlay; false when there is none. */
  handleKey(key: Key): boolean {
    return this.overlay?.handleKey(key) ?? false;
  }

  /**
   * Clicks and the wheel go to what is under them, and nothing below the topmost overlay gets any. `focus` is of the
   * body. Gives the key that a click stands for.
   */
  handleMouse(mouse: Mouse, focus: FocusRing | undefined): Key | undefined {
    const hit = this.pointer.find(mouse, OVERLAY_LAYERS * this.overlays.length);
    if (hit === undefined) return undefined;
    if (hit.kind === 'key') return hit.key;
    const { owner } = hit;
    if (hit.kind === 'wheel') {
      owner.handleWheel(hit.step);
      return undefined;
    }
    // The key of a click is for what has the focus.
    const isReached = this.overlay !== undefined || focus?.focusAt(owner) === true;
    return isReached ? owner.handlePress(hit.press) : undefined;
  }

  handlePaste(pasted: string): boolean {
    return this.overlay?.handlePaste(pasted) ?? false;
  }

  dispose(): void {
    this.resizing.dispose();
    for (const overlay of this.overlays) overlay.place(undefined);
    this.overlays = [];
    this.body.place(undefined);
    for (const surface of [this.title, this.hints, this.toast]) surface.dispose();
  }

  private arrange(): void {
    const { width, height } = this.terminal.size;
    this.title.place({ left: 0, top: 0, width, height: 1 });
    this.body.place({ left: 0, top: 1, width, height: Math.max(0, height - 2) });
    this.hints.place(height > 1 ? { left: 0, top: height - 1, width, height: 1 } : undefined);
    this.placeToast();
    this.placeOverlays();
  }

  private placeToast(): void {
    const { width: columns, height } = this.terminal.size;
    const lines = toastLines(this.data.toasts ?? [], columns);
    if (lines.length === 0 || height < 4) {
      this.toast.place(undefined);
      return;
    }
    // Whole rows: what is left of a line beside it would read on from it.
    const rows = Math.min(lines.length, height - 3);
    const top = height - 1 - rows;
    this.toast.place({ left: 0, top, width: columns, height: rows, layer: TOAST_LAYER });
  }

  private placeOverlays(): void {
    const { width, height } = this.terminal.size;
    const area: Rect = { left: 0, top: 0, width, height };
    this.overlays.forEach((overlay, index) =>
      overlay.place({ ...area, layer: OVERLAY_LAYERS * (index + 1) }),
    );
  }
}

/** Two blanks, glyph, blank before and a blank after. */
const TOAST_MARGIN = 5;
const TOAST_ROWS_MAX = 2;
/** Rows of all messages. */
const TOASTS_ROWS_MAX = 4;

/** The last messages that there is room for, one above the other. */
function toastLines(toasts: readonly Toast[], columns: number): Markup[] {
  const shown: Markup[] = [];
  for (const toast of toasts.toReversed()) {
    const lines = messageLines(toast, columns);
    if (shown.length > 0 && shown.length + lines.length > TOASTS_ROWS_MAX) break;
    shown.unshift(...lines);
  }
  return shown;
}

/** A message, over as many rows as it needs. */
function messageLines(toast: Toast, columns: number): Markup[] {
  const room = Math.max(1, columns - TOAST_MARGIN);
  const wrapped = width(toast.text) <= room ? [toast.text] : wrap(toast.text, room);
  const shown = wrapped.slice(0, TOAST_ROWS_MAX);
  if (wrapped.length > TOAST_ROWS_MAX)
    shown[TOAST_ROWS_MAX - 1] = truncate(join(wrapped.slice(TOAST_ROWS_MAX - 1), ' '), room);
  const sign = glyph(TOAST_GLYPH[toast.style]);
  return shown.map((line, index) =>
    fit(join(['  ', index === 0 ? sign : ' ', ' ', style(toast.style, line)]), columns),
  );
}

/**
 * Most useful first; those that do not fit are left out, keys that do nothing now before all others. Never wraps, never
 * cuts a hint in two.
 */
export function hintLine(hints: readonly Hint[], columns: number, ascii: boolean): Markup {
  const parts = hints.map((hint) => hintPart(hint, ascii));
  const shown = new Set<Hint>();
  let used = 1;
  for (const isDisabled of [false, true])
    for (const [index, hint] of hints.entries()) {
      if ((hint.disabled === true) !== isDisabled) continue;
      const room = width(parts[index]!) + (used === 1 ? 0 : 2);
      if (used + room > columns) continue;
      used += room;
      shown.add(hint);
    }
  const rows = [false, true].flatMap((isLast) =>
    parts.filter((_, index) => {
      const hint = hints[index]!;
      return shown.has(hint) && (hint.last === true) === isLast;
    }),
  );
  return fit(join([' ', join(rows, '  ')]), columns);
}

function hintPart({ keys, label, disabled }: Hint, ascii: boolean): Markup {
  const names = keys.map((key) => keyLabel(key, ascii)).join(' ');
  const part =
    disabled === true
      ? style('muted', join([names, ' ', label]))
      : join([style('accent', style('strong', names)), ' ', label]);
  const [key] = keys;
  return key === undefined ? part : target(targetOfKey(key), part);
}
