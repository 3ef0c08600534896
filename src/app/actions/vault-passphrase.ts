import {
  createVault,
  repeatedPassphrase,
  replacePassphrase,
  unlockVault,
} from '../../usecases/vault.js';
import type { KeyWork } from '../../usecases/work.js';
import type { Dialog, DialogDraft } from '../dialogs.js';
import type { ShownError } from '../shown-error.js';
import type { ActionContext } from './context.js';
import { runUseCase } from './use-case.js';

type PassphraseDialog = Extract<Dialog, { kind: 'passphrase' }>;
type Purpose = PassphraseDialog['purpose'];

/** Carries out the dialog's purpose with the typed passphrase; a wrong one keeps the dialog open, with the reason. */
export async function submitPassphrase(
  context: ActionContext,
  id: number,
  typed: readonly string[],
): Promise<void> {
  const { store, messages, unlockGate } = context;
  const dialog = store.state.dialogs.find((candidate) => candidate.id === id);
  if (dialog?.kind !== 'passphrase' || dialog.busy) return;
  const change = (busy: boolean, problem: ShownError | undefined): void =>
    store.dispatch({ type: 'passphrase-judged', id, busy, problem });
  change(true, undefined);
  const onError = (error: ShownError): void => change(false, error);
  const { title, submit } = PURPOSES[dialog.purpose];
  await runUseCase(context, { title, onError, quiet: true, keepsOpen: true }, async (work) => {
    await submit(typed, work);
    messages.close(id);
    unlockGate.open();
  });
}

interface PurposeWork {
  /** Work under way, in the list of what runs. */
  readonly title: string;
  readonly submit: (typed: readonly string[], work: KeyWork) => Promise<void>;
}

const PURPOSES: Readonly<Record<Purpose, PurposeWork>> = {
  unlock: {
    title: 'Opening the vault',
    submit: ([typed = ''], work) => unlockVault(typed, work),
  },
  create: {
    title: 'Creating the vault',
    submit: async ([first = '', again = ''], work) =>
      createVault(repeatedPassphrase(first, again), work),
  },
  change: {
    title: 'Changing the passphrase',
    submit: async ([present = '', first = '', again = ''], work) =>
      replacePassphrase(present, repeatedPassphrase(first, again), work),
  },
};

/** Makes reads that need the passphrase ask for it from now on, unless another source gives it. */
export function askWhenNeeded(context: ActionContext): void {
  const { ports, unlockGate } = context;
  if (ports.stores === undefined || ports.suppliedPassphrase !== undefined) return;
  ports.stores.vault.unlockBy(async () => {
    if (unlockGate.isDeclined) return;
    askForPassphrase(context);
    await unlockGate.wait();
  });
}

/** Opens the question for the passphrase, unless it is open already. */
export function askForPassphrase({ store, messages, unlockGate }: ActionContext): void {
  const isOpen = store.state.dialogs.some(
    (dialog) => dialog.kind === 'passphrase' && dialog.purpose === 'unlock',
  );
  if (isOpen) return;
  // Release the reads that wait for the vault: they continue without it.
  messages.dialog({ ...passphraseDialog('unlock'), onNo: () => unlockGate.decline() });
}

export function askForNewPassphrase(
  { messages }: ActionContext,
  purpose: Exclude<Purpose, 'unlock'>,
): void {
  messages.dialog(passphraseDialog(purpose));
}

function passphraseDialog(purpose: Purpose): Extract<DialogDraft, { kind: 'passphrase' }> {
  return { kind: 'passphrase', purpose, problem: undefined, busy: false };
}
