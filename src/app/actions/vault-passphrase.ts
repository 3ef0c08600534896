import { InputError } from '../../core/errors.js';
import type { ChosenKeystore } from '../../services/keystore/choose-keystore.js';
import { requireGoodPassphrase } from '../../services/keystore/passphrase-strength.js';
import type { Dialog, DialogDraft } from '../dialogs.js';
import { legacyLines } from '../legacy-words.js';
import type { ShownError } from '../shown-error.js';
import type { ActionContext } from './context.js';
import { askKeystore } from './credentials.js';
import { chooseStore } from './store-choice.js';

type PassphraseDialog = Extract<Dialog, { kind: 'passphrase' }>;

/** Carries out the dialog's purpose with the typed passphrase; a wrong one keeps the dialog open, with the reason. */
export function submitPassphrase(
  context: ActionContext,
  id: number,
  typed: readonly string[],
): Promise<void> {
  const { store, ports, run } = context;
  const dialog = store.state.dialogs.find((candidate) => candidate.id === id);
  const { stores } = ports;
  if (dialog?.kind !== 'passphrase' || dialog.busy || stores === undefined)
    return Promise.resolve();
  const change = (busy: boolean, problem: ShownError | undefined): void =>
    store.dispatch({ type: 'passphrase-judged', id, busy, problem });
  change(true, undefined);
  const onError = (error: ShownError): void => change(false, error);
  return run({ title: TITLES[dialog.purpose], onError, quiet: true, keepsOpen: true }, async () => {
    await WORK[dialog.purpose](context, stores, typed);
    context.messages.close(id);
    context.unlockGate.open();
    await storeIsReady(context);
  });
}

const TITLES: Readonly<Record<PassphraseDialog['purpose'], string>> = {
  unlock: 'Opening the vault',
  create: 'Making the vault',
  change: 'Changing the passphrase',
};

type Work = (
  context: ActionContext,
  stores: ChosenKeystore,
  typed: readonly string[],
) => Promise<void>;

const WORK: Readonly<Record<PassphraseDialog['purpose'], Work>> = {
  async unlock({ messages, ports }, { vault }, [typed = '']) {
    requireTyped(typed);
    await vault.unlock(typed);
    // Redact a passphrase only once it opened the vault: a wrong one may be any word.
    ports.redactor.add(typed);
    messages.toast('ok', 'The vault is open until the program ends.');
  },
  async create({ messages, ports }, stores, [first = '', again = '']) {
    const passphrase = requireSame(first, again);
    ports.redactor.add(passphrase);
    await stores.createVault(passphrase);
    messages.toast('ok', `Secrets are kept in ${stores.title} from now on.`);
  },
  async change({ messages, ports }, stores, [before = '', first = '', again = '']) {
    requireTyped(before);
    const passphrase = requireSame(first, again);
    ports.redactor.add(passphrase);
    await stores.changePassphrase(before, passphrase);
    messages.toast(
      'ok',
      'The vault has another passphrase. Old copies of it open with the old one.',
    );
  },
};

function requireTyped(typed: string): void {
  if (typed === '') throw input('Nothing was typed.', 'Type the passphrase of the vault.');
}

function requireSame(first: string, again: string): string {
  const passphrase = requireGoodPassphrase(first);
  if (again === passphrase) return passphrase;
  throw input('The two differ.', 'Type the new passphrase twice, the same each time.');
}

function input(message: string, hint: string): InputError {
  return new InputError({ code: 'passphrase-not-typed', message, hint });
}

/** Does the work put off until a store exists, or is open. */
export async function storeIsReady(context: ActionContext): Promise<void> {
  await chooseStore(context);
  await moveLegacyPasswords(context);
  context.ports.health.refresh();
  await askKeystore(context);
}

/** Moves passwords that other programs left in servers.json, and reports the outcome. */
export async function moveLegacyPasswords(context: ActionContext): Promise<void> {
  const { ports, messages, store, run } = context;
  // Ignore an unreadable file: the list reports it.
  const onError = (): void => undefined;
  const title = 'Looking for passwords in servers.json';
  await run({ title, onError, quiet: true }, async () => {
    const outcome = await ports.moveLegacyPasswords();
    const names = { path: 'servers.json', store: store.state.keystore.title };
    for (const { style, text } of legacyLines(outcome, names)) messages.toast(style, text);
  });
}

/** Makes reads that need the passphrase ask for it from now on, unless another source gives it. */
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
  purpose: 'create' | 'change',
): void {
  messages.dialog(passphraseDialog(purpose));
}

function passphraseDialog(
  purpose: 'unlock' | 'create' | 'change',
): Extract<DialogDraft, { kind: 'passphrase' }> {
  return { kind: 'passphrase', purpose, problem: undefined, busy: false };
}
