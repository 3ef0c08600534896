import {
  type Answers,
  type DialogChoice,
  type DialogDraft,
  splitDraft,
  type TakeTexts,
} from '../dialogs.js';
import type { AppPorts } from '../ports.js';
import type { ShownError } from '../shown-error.js';
import type { Toast, ToastStyle } from '../state.js';
import type { Store } from '../store.js';

const TOAST_MS = 6_000;

/** Shows messages and dialogs. Each message stays in the activity log. */
export class Messages {
  private lastId = 0;
  /** By dialog. */
  private readonly answers = new Map<number, Answers>();
  /** By dialog with fields. */
  private readonly takers = new Map<number, TakeTexts>();

  constructor(
    private readonly store: Store,
    private readonly ports: Pick<AppPorts, 'clock' | 'redactor'>,
    private readonly signal: AbortSignal,
  ) {}

  /** Answers a key. */
  toast(style: ToastStyle, message: string): void {
    this.show({ style, text: message });
  }

  /** Tells what came about without a key. */
  news(style: ToastStyle, message: string, about: Pick<Toast, 'isHealth'> = {}): void {
    this.show({ style, text: message, isNews: true, ...about });
  }

  private show(said: Omit<Toast, 'id'>): void {
    const id = ++this.lastId;
    const toast = { ...said, id, text: this.ports.redactor.clean(said.text) };
    this.store.dispatch({ type: 'toast-shown', toast, at: this.ports.clock.now() });
    this.ports.clock.sleep(TOAST_MS, this.signal).then(
      () => this.store.dispatch({ type: 'toast-expired', id }),
      // The program ended first.
      () => undefined,
    );
  }

  /** Opens a dialog; its id. Undefined where the same is open already: then that one is answered. */
  dialog(draft: DialogDraft): number | undefined {
    const id = ++this.lastId;
    const at = this.ports.clock.now();
    const { shown, answers } = splitDraft(draft);
    this.store.dispatch({ type: 'dialog-opened', dialog: { ...shown, id }, at });
    if (!this.store.state.dialogs.some((dialog) => dialog.id === id)) return undefined;
    this.answers.set(id, answers);
    if (draft.kind === 'entry') this.takers.set(id, draft.onTexts);
    return id;
  }

  /** Hands over what was typed into a dialog's fields, and closes it unless that is refused. */
  enter(id: number, texts: readonly string[]): void {
    const problem = this.takers.get(id)?.(texts);
    if (problem === undefined) this.close(id);
    else this.store.dispatch({ type: 'entry-refused', id, problem });
  }

  /** Closes a dialog and does what the choice is for. Resolves when that is over. */
  async answer(id: number, choice: DialogChoice): Promise<void> {
    const answer = this.answers.get(id)?.[choice];
    this.close(id);
    await answer?.();
  }

  /** Closes a dialog whose answer is no longer needed. */
  close(id: number): void {
    this.answers.delete(id);
    this.takers.delete(id);
    this.store.dispatch({ type: 'dialog-closed', id });
  }

  /** An error that stops what the person wanted to do, with ways out if there are any. */
  error(
    title: string,
    error: ShownError,
    { actions, subject }: Pick<Extract<DialogDraft, { kind: 'error' }>, 'actions' | 'subject'> = {},
  ): void {
    this.dialog({ kind: 'error', title, error, actions, subject });
  }
}
