import { asTyped } from '../../core/program-name.js';
import type { DialogAction, DialogDraft, DialogLine } from '../dialogs.js';
import type { AppPorts } from '../ports.js';
import type { ShownError } from '../shown-error.js';
import type { ToastStyle } from '../state.js';
import type { Store } from '../store.js';

const TOAST_MS = 6_000;

/** Says things to the person. Everything that was said stays in the activity log. */
export class Messages {
  private lastId = 0;

  constructor(
    private readonly store: Store,
    private readonly ports: Pick<AppPorts, 'clock' | 'environment' | 'redactor'>,
    private readonly signal: AbortSignal,
  ) {}

  toast(style: ToastStyle, message: string): void {
    const id = ++this.lastId;
    const toast = { id, style, text: this.ports.redactor.clean(message) };
    this.store.dispatch({ type: 'toast-shown', toast, at: this.ports.clock.now() });
    this.ports.clock.sleep(TOAST_MS, this.signal).then(
      () => this.store.dispatch({ type: 'toast-expired', id }),
      // The program ended first.
      () => undefined,
    );
  }

  /** Its id. */
  dialog(draft: DialogDraft): number {
    const id = ++this.lastId;
    const at = this.ports.clock.now();
    const dialog = { ...asTypedHere(draft, this.ports.environment), id };
    this.store.dispatch({ type: 'dialog-opened', dialog, at });
    return id;
  }

  /** An error that stops what the person wanted to do, with ways out if there are any. */
  error(title: string, error: ShownError, actions?: readonly DialogAction[]): void {
    this.dialog({ kind: 'error', title, error, actions });
  }
}

/** Commands in it are as they have to be typed to mean the same world. */
function asTypedHere(draft: DialogDraft, world: { readonly sandbox: boolean }): DialogDraft {
  if (!('lines' in draft)) return draft;
  const typed = (line: DialogLine): DialogLine => {
    if (typeof line === 'string') return asTyped(line, world);
    return 'strong' in line ? { strong: asTyped(line.strong, world) } : line;
  };
  return { ...draft, lines: draft.lines.map(typed) };
}
