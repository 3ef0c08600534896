import { keepInMemory, retryStore } from '../../usecases/stores.js';
import type { KeystoreError } from '../../services/keystore/keystore.js';
import { commandLine, screenHintLines } from '../../words/hints.js';
import type { DialogDraft, DialogLine } from '../dialogs.js';
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

function storeDialog(context: ActionContext): DialogDraft {
  const { ports } = context;
  const { kind, title } = context.store.state.keystore;
  const base = { kind: 'message', title: 'Where secrets are kept' } as const;
  switch (kind) {
    case 'vault':
      return {
        ...base,
        lines: [
          `Secrets are in ${title}, open until the program ends.`,
          'To move them to the operating system’s store, run',
          { strong: commandLine({ command: 'vault.move-to-os' }, ports.environment) },
        ],
        actions: [
          { label: 'Change passphrase', run: () => askForNewPassphrase(context, 'change') },
        ],
      };
    case 'session':
      return {
        ...base,
        style: 'warn',
        lines: [
          'In memory only: they are lost when the program ends, with the passwords of certificates created until then.',
          'A new vault takes over the secrets in memory.',
        ],
        actions: [{ label: 'Create vault', run: () => askForNewPassphrase(context, 'create') }],
      };
    case 'os':
      return {
        ...base,
        lines: [
          `Secrets are in ${title}.`,
          'To move them to an encrypted vault, run',
          { strong: commandLine({ command: 'vault.move-to-vault' }, ports.environment) },
        ],
      };
    case 'sandbox':
      return { ...base, lines: [`In ${title}.`] };
  }
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
      ...(problem === undefined ? ['There is no vault yet.'] : [problem.message]),
      '',
      ...WAYS,
      ...repairLines(problem, ports.environment),
    ],
    actions: [
      { label: 'Create vault', run: () => askForNewPassphrase(context, 'create') },
      {
        label: 'Memory',
        run: () => runUseCase(context, { title: 'Keeping secrets in memory' }, keepInMemory),
      },
      ...(problem === undefined ? [] : [{ label: 'Retry', run: () => tryStoreAgain(context) }]),
    ],
    closing: 'Not now',
  });
}

const WAYS: readonly DialogLine[] = [
  'The API token and certificate passwords need a safe place before anything is created.',
  '',
  { strong: 'Vault: an encrypted file protected by a passphrase' },
  'Memory: secrets are lost when the program ends',
];

function repairLines(
  problem: KeystoreError | undefined,
  environment: ActionContext['ports']['environment'],
): readonly DialogLine[] {
  if (problem?.hint === undefined) return [];
  return ['', 'Or repair the store, then retry:', ...screenHintLines(problem.hint, environment)];
}

async function tryStoreAgain(context: ActionContext): Promise<void> {
  const title = 'Testing the credential store';
  await runUseCase(context, { title }, retryStore, (found) => {
    if (found.status === 'missing') void offerStores(context);
  });
}
