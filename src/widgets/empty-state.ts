import { Emitter } from '../core/event.js';
import type { Size } from './layout.js';
import { fit, join, type Markup, spaces, style, type Text, width } from './markup.js';
import { type Key, keyLabel } from './terminal/keys.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './wrap.js';

export interface Choice {
  readonly id: string;
  readonly key?: Key;
  readonly label: string;
  readonly detail?: string;
}

export interface EmptyStateData {
  readonly title: Text;
  readonly lines: readonly Text[];
  readonly choices: readonly Choice[];
}

const WIDEST = 64;
const MOVES: Readonly<Record<Key, number>> = { up: -1, k: -1, down: 1, j: 1 };

/** A few lines and choices in the middle of the room. */
export class EmptyState extends PaintedWidget {
  private readonly chosen = new Emitter<string>();
  private data: EmptyStateData = { title: '', lines: [], choices: [] };
  private index = 0;

  readonly onChoose = this.chosen.event;

  override get focusable(): boolean {
    return this.data.choices.length > 0;
  }

  set(data: EmptyStateData): void {
    this.data = data;
    this.index = Math.max(0, Math.min(this.index, data.choices.length - 1));
    this.surface.invalidate();
  }

  override handleKey(key: Key): boolean {
    const { choices } = this.data;
    const step = MOVES[key];
    if (step !== undefined)
      this.index = Math.max(0, Math.min(choices.length - 1, this.index + step));
    else if (key === 'enter' || key === 'space') {
      const choice = choices[this.index];
      if (choice !== undefined) this.chosen.fire(choice.id);
    } else return false;
    this.surface.invalidate();
    return true;
  }

  override dispose(): void {
    this.chosen.dispose();
    super.dispose();
  }

  protected override paint({ width: columns, height }: Size): readonly Markup[] {
    const { title, lines, choices } = this.data;
    const room = Math.min(WIDEST, columns);
    const words = lines.flatMap((line) => wrap(line, room));
    const block = [
      fit(style('strong', title), room, 'centre'),
      spaces(0),
      ...words.map((line) => fit(line, room, 'centre')),
      spaces(0),
      ...choices.map((choice, index) => this.choice(choice, index === this.index, room)),
    ];
    const above = Math.max(0, Math.floor((height - block.length) / 2));
    const left = spaces(Math.max(0, Math.floor((columns - room) / 2)));
    return [
      ...Array.from({ length: above }, () => spaces(0)),
      ...block.map((line) => join([left, line])),
    ];
  }

  private choice({ key, label, detail = '' }: Choice, selected: boolean, columns: number): Markup {
    const keys = key === undefined ? '' : keyLabel(key, this.ascii);
    const labels = Math.max(...this.data.choices.map((choice) => width(choice.label)));
    const line = fit(
      join([
        selected && this.focused ? ' › ' : '   ',
        fit(style('accent', style('strong', keys)), 2),
        ' ',
        fit(label, labels),
        '  ',
        style('muted', detail),
      ]),
      columns,
    );
    return selected && this.focused ? style('selected', line) : line;
  }
}
