import { Emitter } from '../core/event.js';
import { BOX_MARGIN, drawBox, type Overlay, overlayArea } from './panel.js';
import type { Rect, Size } from './layout.js';
import { LineEditor, QUERY_LENGTH_MAX } from './line-editor.js';
import { fit, glyph, join, type Markup, style, target, type Text, width } from './markup.js';
import type { Press } from './pointer.js';
import { scrollTo } from './scroll.js';
import { type Key, keyLabel } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { PaintedWidget } from './widget.js';

export interface PaletteItem {
  readonly id: string;
  readonly label: string;
  readonly keys: readonly Key[];
  readonly disabled?: string | undefined;
}

export interface PaletteData {
  readonly items: readonly PaletteItem[];
}

export interface PaletteOptions {
  readonly title: Text;
  readonly placeholder?: string;
}

const WIDEST = 90;
const TALLEST = 16;
/** Border, query and rule. */
const BESIDE_ITEMS = BOX_MARGIN + 2;
const KEYS_SHOWN = 2;
const MOVES: Readonly<Record<Key, number>> = {
  up: -1,
  'ctrl-p': -1,
  'shift-tab': -1,
  down: 1,
  'ctrl-n': 1,
  tab: 1,
  pageup: -8,
  pagedown: 8,
};

/** A query and the items found for it, best first. Finding is the caller's part: onQuery, then set. */
export class Palette extends PaintedWidget implements Overlay {
  private readonly queried = new Emitter<string>();
  private readonly chosen = new Emitter<string>();
  private readonly closed = new Emitter<void>();
  private readonly editor = new LineEditor({ maxLength: QUERY_LENGTH_MAX });
  private items: readonly PaletteItem[] = [];
  private index = 0;
  private top = 0;
  private screen: Rect | undefined;
  /** Rows of the longest list so far: fewer matches leave the box as it is. */
  private tallest = 0;

  readonly onQuery = this.queried.event;
  readonly onChoose = this.chosen.event;
  readonly onClose = this.closed.event;

  constructor(
    terminal: Terminal,
    private readonly options: PaletteOptions,
  ) {
    super(terminal);
  }

  override get focusable(): boolean {
    return true;
  }

  set(data: PaletteData): void {
    this.items = data.items;
    this.index = Math.max(0, Math.min(this.index, this.items.length - 1));
    this.tallest = Math.max(this.tallest, this.items.length);
    this.place(this.screen);
    this.surface.invalidate();
  }

  override place(area: Rect | undefined): void {
    this.screen = area;
    const size = { width: WIDEST, height: Math.min(TALLEST, this.tallest + BESIDE_ITEMS) };
    super.place(area === undefined ? undefined : overlayArea(area, size));
  }

  override handleKey(key: Key): boolean {
    const step = MOVES[key];
    if (key === 'escape') this.closed.fire();
    else if (key === 'enter') {
      const item = this.items[this.index];
      if (item !== undefined && item.disabled === undefined) this.chosen.fire(item.id);
    } else if (step !== undefined)
      this.index = Math.max(0, Math.min(this.items.length - 1, this.index + step));
    else if (this.editor.handleKey(key) === 'changed') this.handleQuery();
    this.surface.invalidate();
    return true;
  }

  override handlePress({ target: id, isDouble }: Press): Key | undefined {
    if (this.editor.press(id)) this.surface.invalidate();
    const index = this.items.findIndex((item) => item.id === id);
    if (isDouble || index < 0) return undefined;
    this.index = index;
    this.surface.invalidate();
    return 'enter';
  }

  override handlePaste(pasted: string): boolean {
    if (this.editor.paste(pasted)) this.handleQuery();
    return true;
  }

  override dispose(): void {
    for (const emitter of [this.queried, this.chosen, this.closed]) emitter.dispose();
    super.dispose();
  }

  protected override paint(size: Size): readonly Markup[] {
    const columns = size.width - BOX_MARGIN;
    const visible = Math.max(1, size.height - BESIDE_ITEMS);
    this.top = scrollTo(this.index, this.top, visible, this.items.length);
    const rows = this.items
      .slice(this.top, this.top + visible)
      .map((item, line) => this.row(item, this.top + line === this.index, columns));
    if (rows.length === 0) rows.push(style('muted', ' nothing found'));
    const rule = style('muted', '─'.repeat(Math.max(0, columns)));
    const title = style('strong', this.options.title);
    const total = this.items.length;
    const place = total > visible ? style('muted', `${this.index + 1}/${total}`) : undefined;
    const look = { title, right: place, style: 'accent' } as const;
    return drawBox(size, look, [this.input(columns), rule, ...rows]);
  }

  private input(columns: number): Markup {
    const prompt = join([' ', glyph('pointer'), ' ']);
    const query = this.editor.render(Math.max(1, columns - 4), true);
    const hint = this.editor.isEmpty ? style('muted', this.options.placeholder ?? '') : '';
    return target(this.editor.behind, fit(join([prompt, query, hint]), columns));
  }

  private row(
    { id, label, keys, disabled }: PaletteItem,
    selected: boolean,
    columns: number,
  ): Markup {
    const names = keys.slice(0, KEYS_SHOWN).map((key) => keyLabel(key, this.ascii));
    const end = style('muted', names.length === 0 ? '' : ` ${names.join(' ')}`);
    const room = Math.max(0, columns - 4 - width(end));
    const name = disabled === undefined ? label : style('muted', `${label} (${disabled})`);
    const words = fit(join([selected ? ' › ' : '   ', fit(name, room), end]), columns);
    return target(id, selected ? style('selected', words) : words);
  }

  private handleQuery(): void {
    this.index = 0;
    this.surface.invalidate();
    this.queried.fire(this.editor.value);
  }
}
