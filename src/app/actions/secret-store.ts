import { keepInMemory, retryStore } from '../../usecases/stores.js';
import type { KeystoreError } from '../../services/keystore/keystore.js';
import type { EnvironmentFacts } from '../../usecases/work.js';
import { type DialogLine, hintDialogLines } from '../dialog-lines.js';
import type { DialogDraft } from '../dialogs.js';
import type { ActionContext } from './context.js';
import { lookAtStore } from './credentials.js';
import { runUseCase } from './use-case.js';
import { askForNewPassphrase, askForPassphrase } from './vault-passphrase.js';

/** True if secrets can be kept; otherwise asks the person for a store. Required before anything may cost money. */
export async function requireStore(context: ActionContext): Promise<boolean> {
  await lookAtStore(context);
  if (context.store.state.keystore.status !== 'missing') return true;
  await offerStores(context);
  return false;
}

/** Shows the store in use and offers its changes; asks for the passphrase of a locked vault instead. */
export async function showStore(context: ActionContext): Promise<void> {
  const { store, ports, messages } = context;
  if (!(await requireStore(context))) return;
  const { kind, status } = store.state.keystore;
  const { stores } = ports;
  if (stores !== undefined && kind === 'vault' && status === 'locked') askForPassphrase(context);
  else messages.dialog(storeDialog(context));
}

/** Shows the accounts that have a token here, and lets the person choose, add or forget one. */
export async function showAccounts(context: ActionContext): Promise<void> {
  if (!(await requireStore(context))) return;
  const options = {
    look: 'Reading the accounts',
    title: 'Changing the accounts',
    failure: 'The accounts were not changed',
    once: 'accounts',
  };
  await runUseCase(context, options, async (work) => {
    const { chooseAccount } = await import('../../usecases/choose-account.js');
    await chooseAccount(work);
    startOver(context);
  });
}

/** The token of another account is checked anew before anything is created with it. */
function startOver({ store, token }: ActionContext): void {
  token.forget();
  const { wizard } = store.state;
  if (wizard === undefined || wizard.creating) return;
  store.dispatch({ type: 'token-edited' });
  store.dispatch({ type: 'wizard-step', step: 'token' });
}

function storeDialog(context: ActionContext): DialogDraft {
  const { kind, title } = context.store.state.keystore;
  const base = { kind: 'message', title: 'Where secrets are kept' } as const;
  switch (kind) {
    case 'vault':
      return {
        ...base,
        lines: [
          `Secrets are in ${title}, which stays open until the program ends.`,
          'Moving them to the operating system’s store removes the vault.',
        ],
        actions: [
          { label: 'Change passphrase', run: () => askForNewPassphrase(context, 'change') },
          { label: 'Move to the system’s store', run: () => moveSecrets(context, 'os') },
        ],
      };
    case 'session':
      return {
        ...base,
        style: 'warn',
        lines: [
          'In memory only: they are lost when the program ends, with the passwords of certificates created until then.',
          'The secrets in memory are moved to a new vault.',
        ],
        actions: [{ label: 'Create vault', run: () => askForNewPassphrase(context, 'create') }],
      };
    case 'os':
      return {
        ...base,
        lines: [
          `Secrets are in ${title}.`,
          'They can be moved to an encrypted file that only your passphrase opens.',
        ],
        actions: [{ label: 'Move to a vault', run: () => moveSecrets(context, 'vault') }],
      };
    case 'sandbox':
      return { ...base, lines: [`In ${title}.`] };
  }
}

/** Moves every secret to the other store. */
async function moveSecrets(context: ActionContext, to: 'os' | 'vault'): Promise<void> {
  const title = 'Moving the secrets';
  const failure = 'The secrets were not moved';
  await runUseCase(context, { title, failure, once: 'move-secrets' }, async (work) => {
    const { moveToOs, moveToVault } = await import('../../usecases/move-secrets.js');
    await (to === 'os' ? moveToOs(work) : moveToVault(work));
  });
}

/** No store works, or none is there yet: the ways out. */
async function offerStores(context: ActionContext): Promise<void> {
  const { ports, messages, store } = context;
  if (ports.stores === undefined || store.state.dialogs.length > 0) return;
  const problem =
    ports.stores.chosen === undefined ? await ports.stores.findOsProblem() : undefined;
  messages.dialog({
    kind: 'message',
    title: 'Choose a credential store',
    style: 'warn',
    lines: [
      ...(problem === undefined ? ['There is no vault yet.'] : []),
      'The API token and certificate passwords need a safe place before anything is created.',
      '',
      { strong: 'Vault, recommended on servers' },
      'An encrypted file that only your passphrase opens.',
      ...(problem === undefined ? [] : keyringLines(problem, ports.environment)),
      { strong: 'Memory' },
      'Secrets are lost when the program ends.',
    ],
    actions: [
      { label: 'Create vault', run: () => askForNewPassphrase(context, 'create') },
      {
        label: 'Memory',
        run: () => runUseCase(context, { title: 'Keeping secrets in memory' }, keepInMemory),
      },
      ...(problem === undefined
        ? []
        : [
            { label: 'Retry', run: () => tryStoreAgain(context) },
            { label: 'How', run: () => showRepair(context, problem) },
          ]),
    ],
    closing: 'Not now',
  });
}

function keyringLines(
  { message }: KeystoreError,
  { platform }: Pick<EnvironmentFacts, 'platform'>,
): readonly DialogLine[] {
  return [
    { strong: platform === 'darwin' ? 'Keychain' : 'Keyring' },
    `The operating system’s store. ${message} “How” shows how to fix it.`,
  ];
}

/** Commands that make the operating system's store work; closing leads back to the choice. */
function showRepair(context: ActionContext, { message, hint }: KeystoreError): void {
  context.messages.dialog({
    kind: 'message',
    title: 'How to use the system’s store',
    lines: [message, '', ...hintDialogLines(hint, context.ports.environment)],
    actions: [{ label: 'Retry', run: () => tryStoreAgain(context) }],
    closing: 'Back',
    onNo: () => offerStores(context),
  });
}

async function tryStoreAgain(context: ActionContext): Promise<void> {
  const title = 'Testing the credential store';
  await runUseCase(context, { title }, retryStore, (found) => {
    if (found.status === 'missing') void offerStores(context);
  });
}
