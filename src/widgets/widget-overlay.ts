import { Emitter } from '../core/event.js';
import type { Rect } from './layout.js';
import type { Text } from './markup.js';
import { type Overlay, overlayArea } from './overlay.js';
import { Panel } from './panel.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import type { Widget } from './widget.js';

export interface WidgetOverlayOptions {
  readonly title: Text;
  readonly content: Widget;
  readonly maxWidth?: number;
  readonly maxHeight?: number;
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
    const { maxWidth = Infinity, maxHeight = Infinity } = this.options;
    this.panel.place(
      area === undefined ? undefined : overlayArea(area, { width: maxWidth, height: maxHeight }),
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
