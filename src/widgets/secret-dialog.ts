import { Emitter } from '../core/event.js';
import { BOX_MARGIN, drawBox, type Overlay, overlayArea } from './panel.js';
import { buttonRow, moveButton } from './buttons.js';
import type { Rect, Size } from './layout.js';
import { LineEditor } from './line-editor.js';
import { fit, glyph, join, type Markup, spaces, style, target, type Text, text } from './markup.js';
import type { Press } from './pointer.js';
import type { Key } from './terminal/keys.js';
import type { Terminal } from './terminal/terminal.js';
import { PaintedWidget } from './widget.js';
import { wrap } from './paragraph.js';

export interface SecretDialogData {
  readonly title: Text;
  readonly lines: readonly Text[];
  /** Filled in from top to bottom; what is typed is shown only where a field says so. */
  readonly fields: readonly SecretField[];
  /** Why the last try did not do. */
  readonly problem: Text | undefined;
  /** Description of the running work; input and buttons are disabled until it ends. */
  readonly busy: Text | undefined;
  readonly submit: string;
  readonly cancel: string;
}

export interface SecretField {
  readonly label: Text;
  /** Shows what is typed, and begins with a text. */
  readonly shown?: { readonly initial: string } | undefined;
  /** Continues what is typed, for Tab; where there is more than one way, `choices` are shown below. */
  readonly complete?:
    | ((typed: string) => Promise<{ readonly text: string; readonly choices: readonly string[] }>)
    | undefined;
  /** Gives the note below the input, for example its strength. */
  readonly judge?: ((typed: string) => Text | undefined) | undefined;
}

const COLUMNS = 68;
const SIDES = 4;
/** Mask of constant length, so that it does not reveal a secret's length. */
const MASK = '•'.repeat(16);
const MAX_LENGTH = 1_000;
const SHOWN_CHOICES = 8;

/** Asks for secrets in masked fields, or for texts. Secrets are handed over once, and forgotten with that. */
export class SecretDialog extends PaintedWidget implements Overlay {
  private readonly submitted = new Emitter<readonly string[]>();
  private readonly closed = new Emitter<void>();
  private readonly editors: readonly LineEditor[];
  /** A field, then "cancel", then "submit". */
  private at = 0;
  private screen: Rect | undefined;
  /** Ways to continue the field in focus. */
  private choices: readonly string[] = [];

  /** All fields, in their order. */
  readonly onSubmit = this.submitted.event;
  readonly onClose = this.closed.event;

  constructor(
    terminal: Terminal,
    private data: SecretDialogData,
  ) {
    super(terminal);
    this.editors = data.fields.map(({ shown }) => {
      const editor = new LineEditor({ secret: shown === undefined, maxLength: MAX_LENGTH });
      editor.value = shown?.initial ?? '';
      return editor;
    });
  }

  override get focusable(): boolean {
    return true;
  }

  set(data: SecretDialogData): void {
    this.data = data;
    this.place(this.screen);
    this.surface.invalidate();
  }

  override place(area: Rect | undefined): void {
    this.screen = area;
    if (area === undefined) {
      super.place(undefined);
      return;
    }
    const { width } = overlayArea(area, { width: COLUMNS + SIDES, height: 1 });
    const rows = this.body(width - SIDES).length + this.foot(width - SIDES).length;
    super.place(overlayArea(area, { width, height: rows + BOX_MARGIN + 1 }));
  }

  override handleKey(key: Key): boolean {
    if (this.data.busy === undefined) this.act(key);
    // Place again: the strength note may need a line more or less.
    this.place(this.screen);
    this.surface.invalidate();
    return true;
  }

  override handlePress({ target: name, isDouble }: Press): Key | undefined {
    if (isDouble || name === undefined || this.data.busy !== undefined) return undefined;
    const button = this.buttons().findIndex(({ id }) => id === name);
    const field = this.editors.findIndex((editor) => editor.press(name));
    if (button < 0 && field < 0) return undefined;
    this.at = button < 0 ? field : this.editors.length + button;
    this.surface.invalidate();
    return button < 0 ? undefined : 'enter';
  }

  override handlePaste(pasted: string): boolean {
    if (this.data.busy === undefined) this.editors[this.at]?.paste(pasted);
    this.place(this.screen);
    this.surface.invalidate();
    return true;
  }

  override dispose(): void {
    this.forget();
    this.submitted.dispose();
    this.closed.dispose();
    super.dispose();
  }

  protected override paint(size: Size): readonly Markup[] {
    const columns = size.width - SIDES;
    const foot = this.foot(columns);
    const body = this.body(columns).slice(
      0,
      Math.max(0, size.height - BOX_MARGIN - 1 - foot.length),
    );
    const title = style('accent', style('strong', this.data.title));
    const lines = [...body, spaces(0), ...foot].map((line) => join([' ', line]));
    return drawBox(size, { title, style: 'accent' }, lines);
  }

  private act(key: Key): void {
    const field = this.editors[this.at];
    const count = this.editors.length + 2;
    const complete = this.data.fields[this.at]?.complete;
    const isTab = key === 'tab' && complete !== undefined && field?.isEmpty === false;
    if (!isTab) this.choices = [];
    if (key === 'escape') this.closed.fire();
    else if (isTab) void this.complete(complete, field);
    else if (key === 'tab' || key === 'down') this.at = (this.at + 1) % count;
    else if (key === 'shift-tab' || key === 'up') this.at = (this.at + count - 1) % count;
    else if (key === 'enter') this.enter();
    else if (field !== undefined) field.handleKey(key);
    else if (key === 'space') this.enter();
    else this.moveAmongButtons(key);
  }

  /** Moves to the next field where there is nothing to complete. */
  private async complete(
    complete: NonNullable<SecretField['complete']>,
    field: LineEditor,
  ): Promise<void> {
    const before = field.value;
    const { text: completed, choices } = await complete(before);
    // Typed on, or left, meanwhile.
    if (field.value !== before || this.editors[this.at] !== field) return;
    if (completed === before && choices.length === 0) this.at += 1;
    else field.value = completed;
    this.choices = choices;
    this.place(this.screen);
    this.surface.invalidate();
  }

  private enter(): void {
    const last = this.editors.length - 1;
    if (this.at < last) this.at += 1;
    else if (this.at === last + 1) this.closed.fire();
    else this.handOver();
  }

  private handOver(): void {
    const typed = this.editors.map(({ value }) => value);
    this.forget(({ shown }) => shown === undefined);
    this.at = 0;
    this.submitted.fire(typed);
  }

  private forget(isMeant: (field: SecretField) => boolean = () => true): void {
    for (const [index, editor] of this.editors.entries())
      if (isMeant(this.data.fields[index]!)) editor.value = '';
  }

  private moveAmongButtons(key: Key): void {
    const moved = moveButton(key, this.buttons(), this.button);
    if (moved !== undefined) this.at = this.editors.length + (moved === 'submit' ? 1 : 0);
  }

  private body(columns: number): Markup[] {
    return this.data.lines.flatMap((line) => {
      const wrapped = wrap(line, columns);
      return wrapped.length === 0 ? [spaces(0)] : wrapped;
    });
  }

  private foot(columns: number): Markup[] {
    const { fields, problem, busy } = this.data;
    const said =
      busy !== undefined
        ? [join([glyph('spinner'), ' ', busy])]
        : problem === undefined
          ? []
          : wrap(join([glyph('failed'), ' ', style('danger', problem)]), columns);
    return [
      ...fields.flatMap((field, index) => this.fieldLines(field, index, columns)),
      ...said,
      spaces(0),
      fit(buttonRow(this.buttons(), this.button, true), columns, 'right'),
    ];
  }

  private fieldLines(
    { label, judge, shown }: SecretField,
    index: number,
    columns: number,
  ): Markup[] {
    const editor = this.editors[index]!;
    const isHere = this.at === index && this.data.busy === undefined;
    const room = Math.max(1, columns - 2);
    const entry =
      shown === undefined ? masked(editor.isEmpty, isHere) : editor.render(room, isHere);
    const judged = judge?.(editor.value) ?? (isHere ? this.choicesLine() : undefined);
    return [
      isHere ? style('strong', label) : join([label]),
      target(
        editor.behind,
        join([style(isHere ? 'accent' : 'muted', '› '), style('underline', fit(entry, room))]),
      ),
      ...(judged === undefined ? [] : wrap(judged, columns)),
    ];
  }

  private choicesLine(): Text | undefined {
    if (this.choices.length === 0) return undefined;
    const more = this.choices.length - SHOWN_CHOICES;
    const names = this.choices.slice(0, SHOWN_CHOICES).join('  ');
    return style('muted', more > 0 ? `${names}  and ${more} more` : names);
  }

  private buttons(): Parameters<typeof buttonRow>[0] {
    const { submit, cancel, busy } = this.data;
    const disabled = busy === undefined ? undefined : 'being done';
    return [
      { id: 'cancel', label: cancel, disabled },
      { id: 'submit', label: submit, disabled },
    ];
  }

  private get button(): string | undefined {
    const beyond = this.at - this.editors.length;
    return beyond < 0 ? undefined : beyond === 0 ? 'cancel' : 'submit';
  }
}

function masked(isEmpty: boolean, isHere: boolean): Markup {
  return join([text(isEmpty ? '' : MASK), isHere ? style('inverse', ' ') : spaces(0)]);
}
