import { LineEditor } from './line-editor.js';
import { fit, join, type Markup, style, type Text } from './markup.js';
import type { Key } from './terminal/keys.js';

/** Columns beside the query for the slash and the note. */
const NOTE_COLUMNS = 16;

/** Input after `/` below a list or a log: Enter keeps it, Esc drops it. */
export class QueryLine {
  private readonly editor = new LineEditor();
  private open = false;

  /** True while the query is being typed; it then takes all keys. */
  get isOpen(): boolean {
    return this.open;
  }

  get value(): string {
    return this.editor.value;
  }

  set value(value: string) {
    this.editor.value = value;
  }

  start(): void {
    this.open = true;
  }

  /** `kept` and `dropped` end the typing; the value is left to whoever asked. */
  handleKey(key: Key): 'kept' | 'dropped' | 'changed' | 'used' | 'ignored' {
    if (key === 'enter' || key === 'escape') {
      this.open = false;
      return key === 'enter' ? 'kept' : 'dropped';
    }
    const result = this.editor.handleKey(key);
    return result === 'changed' || result === 'ignored' ? result : 'used';
  }

  /** True when the value changed. */
  paste(pasted: string): boolean {
    return this.editor.paste(pasted);
  }

  /** The slash, the query and beside it what it finds. */
  line(columns: number, focused: boolean, note: Text): Markup {
    const query = this.editor.render(Math.max(1, columns - NOTE_COLUMNS), this.open && focused);
    return fit(join([style('accent', ' /'), query, '  ', style('muted', note)]), columns);
  }
}
