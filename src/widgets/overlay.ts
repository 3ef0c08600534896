import { Emitter, type Event } from '../core/event.js';
import type { Rect, Size } from './layout.js';
import type { Text } from './markup.js';
import { Panel } from './panel.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Widget } from './widget.js';

/** A widget above all others, in the middle of the screen; it takes every key while it is open. */
export interface Overlay extends Widget {
  /** Asked to close (Esc, or a choice was made). Whoever opened it closes it. */
  readonly onClose: Event<void>;
}

const ROOMY_ROWS = 10;

/** The middle of an area, at most `size` large and with a margin around where there is room. */
export function overlayArea(area: Rect, size: Size): Rect {
  const width = Math.min(size.width, Math.max(area.width - 4, Math.min(area.width, 40)));
  // Title and hint line stay visible where there is room.
  const height = Math.min(size.height, area.height >= ROOMY_ROWS ? area.height - 2 : area.height);
  return {
    ...area,
    left: area.left + Math.floor((area.width - width) / 2),
    top: area.top + Math.floor((area.height - height) / 2),
    width,
    height,
  };
}

export interface WidgetOverlayOptions {
  readonly title: Text;
  readonly content: Widget;
  readonly maxWidth?: number;
}

/** Any widget in a large box above the screen. Esc and q close unless the widget uses them. */
export class WidgetOverlay implements Overlay {
  private readonly closed = new Emitter<void>();
  private readonly panel: Panel;
  readonly focusable = true;
  readonly onClose = this.closed.event;

  constructor(
    terminal: Terminal,
    private readonly options: WidgetOverlayOptions,
  ) {
    const { title, content } = options;
    this.panel = new Panel(terminal, { content, focus: content, data: { title } });
  }

  get typing(): boolean | undefined {
    return this.panel.typing;
  }

  place(area: Rect | undefined): void {
    const { maxWidth = Infinity } = this.options;
    this.panel.place(
      area === undefined ? undefined : overlayArea(area, { width: maxWidth, height: Infinity }),
    );
  }

  handleKey(key: Key): boolean {
    const used = this.panel.handleKey(key);
    if (!used && (key === 'escape' || key === 'q')) this.closed.fire();
    return true;
  }

  handlePaste(pasted: string): boolean {
    this.panel.handlePaste(pasted);
    return true;
  }

  setFocused(focused: boolean): void {
    this.panel.setFocused(focused);
  }

  dispose(): void {
    this.closed.dispose();
    this.panel.dispose();
  }
}
