import type { DialogAction, DialogDraft } from '../dialogs.js';
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
    private readonly ports: Pick<AppPorts, 'clock' | 'redactor'>,
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
    this.store.dispatch({ type: 'dialog-opened', dialog: { ...draft, id }, at });
    return id;
  }

  /** An error that stops what the person wanted to do, with ways out if there are any. */
  error(title: string, error: ShownError, actions?: readonly DialogAction[]): void {
    this.dialog({ kind: 'error', title, error, actions });
  }
}
