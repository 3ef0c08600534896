import type { ChosenKeystore } from '../../services/keystore/choose-keystore.js';
import { KeystoreError } from '../../services/keystore/keystore-error.js';
import type { DialogDraft, DialogLine } from '../dialogs.js';
import type { KeystoreStatus } from '../state.js';
import type { ActionContext } from './context.js';

/** Which store is in use, as far as it can be used: told to the state. Rejects with what is wrong where there is none. */
export async function chooseStore({ store, ports }: ActionContext): Promise<void> {
  const { stores, keystore } = ports;
  if (stores === undefined) {
    const { kind, title } = keystore;
    store.dispatch({ type: 'keystore-chosen', kind, title, status: 'ready' });
    return;
  }
  try {
    const { kind, title } = await stores.choose();
    store.dispatch({ type: 'keystore-chosen', kind, title, status: statusOf(stores) });
  } catch (error) {
    const { kind, title } = stores;
    store.dispatch({ type: 'keystore-chosen', kind, title, status: 'missing' });
    throw error;
  }
}

function statusOf({ chosen, vault }: ChosenKeystore): KeystoreStatus {
  if (chosen !== vault) return 'ready';
  if (!vault.exists) return 'missing';
  return vault.isUnlocked ? 'ready' : 'locked';
}

/** The same, where what is wrong is only to be known. */
export async function lookAtStore(context: ActionContext): Promise<void> {
  await chooseStore(context).catch(ignoreStoreProblem);
}

/** Whether secrets can be kept. Where not, asks the person what to do about it: nothing may cost money before that. */
export async function requireStore(context: ActionContext): Promise<boolean> {
  await lookAtStore(context);
  if (context.store.state.keystore.status !== 'missing') return true;
  await offerStores(context);
  return false;
}

/** "Where secrets are kept": says it, and offers what can be done about it. */
export async function showStore(context: ActionContext): Promise<void> {
  const { store, ports, messages } = context;
  if (!(await requireStore(context))) return;
  const { kind, title, status } = store.state.keystore;
  const { stores } = ports;
  if (stores !== undefined && kind === 'vault' && status === 'locked') askForPassphrase(context);
  else messages.dialog(storeDialog(kind, title));
}

function storeDialog(kind: ActionContext['ports']['keystore']['kind'], title: string): DialogDraft {
  const base = { kind: 'message', title: 'Where secrets are kept' } as const;
  switch (kind) {
    case 'vault':
      return {
        ...base,
        lines: [
          `In ${title}, and it is open until the program ends.`,
          'Into the store of the operating system they move with',
          { strong: 'portlama-tui vault move-to-os' },
        ],
        actions: [{ label: 'Change passphrase', intent: { kind: 'change-passphrase' } }],
      };
    case 'session':
      return {
        ...base,
        style: 'warn',
        lines: [
          'In memory only: when the program ends they are gone, and with them the password of every certificate made meanwhile.',
          'A vault takes along what is in memory now.',
        ],
        actions: [{ label: 'Make vault', intent: { kind: 'make-vault' } }],
      };
    case 'os':
      return {
        ...base,
        lines: [
          `In ${title}, which works.`,
          'Into an encrypted vault they move with',
          { strong: 'portlama-tui vault move-to-vault' },
        ],
      };
    case 'sandbox':
      return { ...base, lines: [`In ${title}.`] };
  }
}

/** No store works, or none is there yet: the ways out. */
async function offerStores({ ports, messages, store }: ActionContext): Promise<void> {
  if (ports.stores === undefined || store.state.dialogs.length > 0) return;
  const problem =
    ports.stores.chosen === undefined ? await ports.stores.findOsProblem() : undefined;
  messages.dialog({
    kind: 'message',
    title: 'Where shall secrets be kept?',
    style: 'warn',
    lines: [
      ...(problem === undefined ? ['There is no vault yet.'] : [problem.message]),
      '',
      ...WAYS,
      ...repairLines(problem),
    ],
    actions: [
      { label: 'Make vault', intent: { kind: 'make-vault' } },
      { label: 'Memory', intent: { kind: 'use-memory' } },
      ...(problem === undefined
        ? []
        : [{ label: 'Retry', intent: { kind: 'try-store-again' } } as const]),
    ],
    closing: { label: 'Not now', intent: undefined },
  });
}

const WAYS: readonly DialogLine[] = [
  'The API token and the password of each certificate need a safe place; nothing is created without one.',
  '',
  { strong: 'Make vault: an encrypted file, opened by a passphrase' },
  'Memory: they are gone when the program ends',
];

function repairLines(problem: KeystoreError | undefined): readonly DialogLine[] {
  if (problem?.hint === undefined) return [];
  return ['', 'Or repair the store, then retry:', problem.hint];
}

/** From now on a read that needs the passphrase asks for it; where something else gives it, nobody is asked. */
export function askWhenNeeded(context: ActionContext): void {
  const { ports, unlockGate } = context;
  if (ports.stores === undefined || !ports.environment.asksPassphrase) return;
  ports.stores.vault.unlockBy(async () => {
    if (unlockGate.isDeclined) return;
    askForPassphrase(context);
    await unlockGate.wait();
  });
}

/** Opens the question for the passphrase, unless it is open already. */
export function askForPassphrase({ store, messages }: ActionContext): void {
  const isOpen = store.state.dialogs.some(
    (dialog) => dialog.kind === 'passphrase' && dialog.purpose === 'unlock',
  );
  if (!isOpen) messages.dialog(passphraseDialog('unlock'));
}

export function askForNewPassphrase(
  { messages }: ActionContext,
  purpose: 'create' | 'change',
): void {
  messages.dialog(passphraseDialog(purpose));
}

function passphraseDialog(purpose: 'unlock' | 'create' | 'change'): DialogDraft {
  return { kind: 'passphrase', purpose, problem: undefined, busy: false };
}

/** It is in the state, and shown with what needs it. */
function ignoreStoreProblem(error: unknown): void {
  if (!(error instanceof KeystoreError)) throw error;
}
