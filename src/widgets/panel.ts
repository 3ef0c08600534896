import { BOX_MARGIN, drawBox } from './box.js';
import { Arrangement, type LayoutLike, type Rect, type Size } from './layout.js';
import { type Markup, style, type Text } from './markup.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { PaintedWidget, type Widget } from './widget.js';

export interface PanelData {
  readonly title?: Text | undefined;
  /** At the right end of the top border: `follow`. */
  readonly right?: Text | undefined;
}

export interface PanelOptions {
  readonly content: LayoutLike;
  /** Gets keys, pastes and the focus of the panel. */
  readonly focus?: Widget;
  readonly data?: PanelData;
}

/** A box with a border and titles around a layout. Its content stays its owner's to dispose. */
export class Panel extends PaintedWidget {
  private readonly arrangement: Arrangement;
  private data: PanelData;

  constructor(
    terminal: Terminal,
    private readonly options: PanelOptions,
  ) {
    super(terminal);
    this.arrangement = new Arrangement(options.content);
    this.data = options.data ?? {};
  }

  override get focusable(): boolean {
    return this.options.focus?.focusable ?? false;
  }

  get typing(): boolean | undefined {
    return this.options.focus?.typing;
  }

  set(data: PanelData): void {
    this.data = data;
    this.surface.invalidate();
  }

  setContent(content: LayoutLike): void {
    this.arrangement.setLayout(content);
  }

  override place(area: Rect | undefined): void {
    super.place(area);
    this.arrangement.place(area === undefined ? undefined : inside(area));
  }

  override handleKey(key: Key): boolean {
    return this.options.focus?.handleKey(key) ?? false;
  }

  override handlePaste(pasted: string): boolean {
    return this.options.focus?.handlePaste(pasted) ?? false;
  }

  override setFocused(focused: boolean): void {
    super.setFocused(focused);
    this.options.focus?.setFocused(focused);
  }

  override dispose(): void {
    this.arrangement.place(undefined);
    super.dispose();
  }

  protected override paint(size: Size): readonly Markup[] {
    const { title, right } = this.data;
    const name = title !== undefined && this.focused ? style('strong', title) : title;
    const border = this.focused ? 'accent' : undefined;
    return drawBox(size, { title: name, right, style: border }, []);
  }
}

/** The room within a box's border, above the box itself. */
function inside(area: Rect): Rect {
  return {
    left: area.left + 1,
    top: area.top + 1,
    width: Math.max(0, area.width - BOX_MARGIN),
    height: Math.max(0, area.height - BOX_MARGIN),
    layer: (area.layer ?? 0) + 1,
  };
}
