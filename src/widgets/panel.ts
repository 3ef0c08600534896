import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { Emitter, type Event } from '../core/event.js';
import { Arrangement, type LayoutLike, type Rect, type Size } from './layout.js';
import { fit, join, type Markup, spaces, style, type Text, truncate, width } from './markup.js';
import type { Pressable } from './pointer.js';
import type { StyleName } from './theme.js';
import { PaintedWidget, type Widget } from './widget.js';

export interface BoxOptions {
  readonly title?: Text | undefined;
  /** At the right end of the top border. */
  readonly right?: Text | undefined;
  /** At the right end of the bottom border. */
  readonly foot?: Text | undefined;
  /** Style of the border; muted by default. */
  readonly style?: StyleName | undefined;
  /** Thick lines: a second sign besides the colour. */
  readonly heavy?: boolean | undefined;
}

const LIGHT = { top: '┌┐', bottom: '└┘', across: '─', down: '│' };
const HEAVY = { top: '┏┓', bottom: '┗┛', across: '━', down: '┃' };

/** Rows and columns a box takes for itself. */
export const BOX_MARGIN = 2;

/** A border with titles around lines, exactly as large as `size`. */
export function drawBox(size: Size, options: BoxOptions, lines: readonly Markup[]): Markup[] {
  const { width: columns, height } = size;
  if (columns < 4 || height < 2) return [];
  const { top, bottom, across, down } = options.heavy === true ? HEAVY : LIGHT;
  const paint = (part: Text): Markup => style(options.style ?? 'muted', part);
  const inner = columns - BOX_MARGIN;
  const body = Array.from({ length: height - BOX_MARGIN }, (_, index) =>
    join([paint(down), fit(lines[index] ?? '', inner), paint(down)]),
  );
  return [
    join([paint(top.charAt(0)), titleLine(inner, options, across, paint), paint(top.charAt(1))]),
    ...body,
    join([
      paint(bottom.charAt(0)),
      titleLine(inner, { right: options.foot }, across, paint),
      paint(bottom.charAt(1)),
    ]),
  ];
}

/** A muted border line with titles between two corners, `inner` columns and the corners wide. */
export function borderLine(inner: number, corners: string, data: PanelData): Markup {
  const paint = (part: Text): Markup => style('muted', part);
  const line = titleLine(inner, data, LIGHT.across, paint);
  return join([paint(corners.charAt(0)), line, paint(corners.charAt(1))]);
}

/** The title at the left, the other one at the right as long as both fit. */
function titleLine(
  columns: number,
  { title, right }: BoxOptions,
  across: string,
  paint: (part: Text) => Markup,
): Markup {
  const name = title === undefined ? spaces(0) : padded(title, columns);
  const rest = columns - width(name);
  const note = right === undefined ? spaces(0) : padded(right, columns);
  const shown =
    width(note) > 0 && width(note) + 2 <= rest ? join([note, paint(across)]) : spaces(0);
  return join([name, paint(across.repeat(Math.max(0, rest - width(shown)))), shown]);
}

function padded(title: Text, columns: number): Markup {
  if (width(title) === 0 || columns < 5) return spaces(0);
  return join([' ', truncate(title, columns - 2), ' ']);
}

export interface PanelData {
  readonly title?: Text | undefined;
  /** At the right end of the top border: `follow`. */
  readonly right?: Text | undefined;
  /** At the right end of the bottom border: `3/12`. */
  readonly foot?: Text | undefined;
}

export interface PanelOptions {
  readonly content: LayoutLike;
  /** Gets keys, pastes and the focus of the panel. */
  readonly focus?: Widget;
  readonly data?: PanelData;
  /** The content draws the right border: its scroll bar stands there. */
  readonly hasBar?: boolean;
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

  holds(part: Pressable): boolean {
    return (this.options.focus as unknown) === part;
  }

  override place(area: Rect | undefined): void {
    super.place(area);
    const bar = this.options.hasBar === true ? 1 : 0;
    this.arrangement.place(area === undefined ? undefined : inside(area, bar));
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
    const { title, right, foot } = this.data;
    const name = title !== undefined && this.focused ? style('strong', title) : title;
    const border = this.focused ? 'accent' : undefined;
    return drawBox(size, { title: name, right, foot, style: border }, []);
  }
}

/** The room within a box's border, `bar` columns of it included at the right, above the box itself. */
function inside(area: Rect, bar: number): Rect {
  return {
    left: area.left + 1,
    top: area.top + 1,
    width: Math.max(0, area.width - BOX_MARGIN + bar),
    height: Math.max(0, area.height - BOX_MARGIN),
    layer: (area.layer ?? 0) + 1,
  };
}

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
  /** Same as in a panel. */
  readonly hasBar?: boolean;
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
    const { title, content, hasBar = false } = options;
    this.panel = new Panel(terminal, { content, focus: content, data: { title }, hasBar });
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
