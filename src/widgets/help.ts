import { Emitter } from '../core/event.js';
import { BOX_MARGIN, drawBox, type Overlay, overlayArea } from './panel.js';
import type { Rect, Size } from './layout.js';
import { fit, join, type Markup, spaces, style, type Text, width } from './markup.js';
import { moveIndex } from './scroll.js';
import { type Key, keyLabel } from './terminal/keys.js';
import { PaintedWidget } from './widget.js';
import { wrap, wrapItem } from './paragraph.js';

export interface HelpEntry {
  readonly keys: readonly Key[];
  readonly label: string;
  readonly disabled?: string | undefined;
}

export interface HelpData {
  readonly title: Text;
  /** Before the keys. */
  readonly lines?: readonly Text[];
  readonly groups: readonly { readonly title: string; readonly entries: readonly HelpEntry[] }[];
}

const WIDEST = 76;
/** Most columns for the keys of a command; more of them wrap. */
const KEYS_MOST = 14;

/** Every key of a screen. Scrolls; Esc, q, ? and F1 close. */
export class Help extends PaintedWidget implements Overlay {
  private readonly closed = new Emitter<void>();
  private data: HelpData = { title: '', groups: [] };
  private screen: Rect | undefined;
  private top = 0;
  private page = 1;
  private total = 0;

  readonly onClose = this.closed.event;

  override get focusable(): boolean {
    return true;
  }

  set(data: HelpData): void {
    this.data = data;
    this.place(this.screen);
    this.surface.invalidate();
  }

  override place(area: Rect | undefined): void {
    this.screen = area;
    const height = this.lines(WIDEST).length + BOX_MARGIN;
    super.place(area === undefined ? undefined : overlayArea(area, { width: WIDEST, height }));
  }

  override handleKey(key: Key): boolean {
    if (key === 'escape' || key === 'q' || key === '?' || key === 'f1' || key === 'enter')
      this.closed.fire();
    else {
      const moved = moveIndex(key, this.top, this.total - this.page + 1, this.page);
      if (moved !== undefined) this.top = Math.max(0, moved);
      this.surface.invalidate();
    }
    return true;
  }

  override dispose(): void {
    this.closed.dispose();
    super.dispose();
  }

  protected override paint(size: Size): readonly Markup[] {
    const all = this.lines(size.width - BOX_MARGIN);
    this.page = Math.max(1, size.height - BOX_MARGIN);
    this.total = all.length;
    this.top = Math.max(0, Math.min(this.top, this.total - this.page));
    const last = Math.min(this.total, this.top + this.page);
    const more = this.total > this.page ? style('muted', `${last}/${this.total}`) : undefined;
    const title = style('strong', this.data.title);
    return drawBox(size, { title, right: more, style: 'accent' }, all.slice(this.top, last));
  }

  private lines(columns: number): Markup[] {
    const labels = (entry: HelpEntry): string =>
      entry.keys.map((key) => keyLabel(key, this.ascii)).join(' ');
    const entries = this.data.groups.flatMap((group) => group.entries);
    const keyColumns = Math.min(
      KEYS_MOST,
      Math.max(0, ...entries.map((entry) => width(labels(entry)))),
    );
    const { lines = [] } = this.data;
    const words = lines.flatMap((line) => wrapItem(line, columns - 2));
    const prose = words.map((line) => join([' ', line]));
    if (prose.length > 0) prose.push(spaces(0));
    const keys = this.data.groups.flatMap((group, index) => [
      ...(index === 0 ? [] : [spaces(0)]),
      join([' ', style('accent', style('strong', group.title))]),
      ...group.entries.flatMap((entry) => entryLines(entry, labels(entry), keyColumns, columns)),
    ]);
    return [...prose, ...keys];
  }
}

/** Renders keys and label in columns; long labels wrap below themselves. */
function entryLines(entry: HelpEntry, keys: string, keyColumns: number, columns: number): Markup[] {
  const { label, disabled } = entry;
  const words = disabled === undefined ? label : style('muted', `${label} (${disabled})`);
  const keyLines = wrap(style(disabled === undefined ? 'strong' : 'muted', keys), keyColumns);
  const labelLines = wrap(words, Math.max(8, columns - keyColumns - 5));
  return Array.from({ length: Math.max(keyLines.length, labelLines.length) }, (_, index) =>
    join(['  ', fit(keyLines[index] ?? '', keyColumns), '  ', labelLines[index] ?? '']),
  );
}
