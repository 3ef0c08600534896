import { Emitter } from '../core/event.js';
import type { Size } from './layout.js';
import {
  fit,
  join,
  type Markup,
  style,
  target,
  type Text,
  truncate,
  width as widthOf,
} from './markup.js';
import { firstFitting } from './paragraph.js';
import type { Press } from './pointer.js';
import type { Key } from './terminal/keys.js';
import { PaintedWidget } from './widget.js';

export interface ChoiceLineData {
  readonly label: string;
  /** Several texts of one: the longest that there is room for is shown. */
  readonly choices: readonly { readonly id: string; readonly text: Text | readonly Text[] }[];
  readonly chosen: string | undefined;
  /** Stands where there is nothing to choose from. */
  readonly empty?: Text;
}

const LABEL_COLUMNS = 6;
/** Columns of the signs beside a choice. */
const SIDES = 4;

const STEPS: Readonly<Record<Key, number>> = { left: -1, h: -1, right: 1, l: 1, space: 1 };

/** One of several in one line: `Size  ‹ 512 MB ›  1/7`. Left and right change it. */
export class ChoiceLine extends PaintedWidget {
  private readonly chosenEmitter = new Emitter<string>();
  private readonly submitted = new Emitter<void>();
  private data: ChoiceLineData = { label: '', choices: [], chosen: undefined };

  readonly onChoose = this.chosenEmitter.event;
  /** Enter. */
  readonly onSubmit = this.submitted.event;

  override get focusable(): boolean {
    return this.data.choices.length > 1;
  }

  set(data: ChoiceLineData): void {
    this.data = data;
    this.surface.invalidate();
  }

  override handleKey(key: Key): boolean {
    const step = STEPS[key];
    if (step !== undefined) this.move(step);
    else if (key === 'enter') this.submitted.fire();
    else return false;
    return true;
  }

  override handlePress({ target: key }: Press): Key | undefined {
    return key;
  }

  override dispose(): void {
    this.chosenEmitter.dispose();
    this.submitted.dispose();
    super.dispose();
  }

  protected override paint({ width }: Size): readonly Markup[] {
    const { label, choices, empty = '' } = this.data;
    const at = this.index();
    const choice = choices[at];
    if (choice === undefined) return [truncate(join([fit(label, LABEL_COLUMNS), empty]), width)];
    const room = width - LABEL_COLUMNS - SIDES;
    const count = `  ${at + 1}/${choices.length}`;
    const text = firstFitting(choice.text, room - count.length) ?? '';
    const line = join([target('left', '‹ '), text, target('right', ' ›')]);
    const words = this.focused ? style('selected', style('strong', line)) : line;
    const notes = this.focused ? [`${count}  Left and Right change it`, count, ''] : [count, ''];
    const place = firstFitting(notes, room - widthOf(text)) ?? '';
    return [truncate(join([fit(label, LABEL_COLUMNS), words, style('muted', place)]), width)];
  }

  private move(step: number): void {
    const { choices } = this.data;
    const next = choices[Math.max(0, Math.min(choices.length - 1, this.index() + step))];
    if (next !== undefined && next.id !== this.data.chosen) this.chosenEmitter.fire(next.id);
  }

  private index(): number {
    return this.data.choices.findIndex(({ id }) => id === this.data.chosen);
  }
}
