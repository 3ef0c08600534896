import type { Dialog, DialogChoice, Intent } from '../dialogs.js';
import { addServer } from './add-server.js';
import type { ActionContext } from './context.js';
import { askToRemove, destroyServer, forgetGoneServer, removeServer } from './destroy.js';
import { copyPassword, copyText, emptyClipboard } from './panel.js';
import { cancelOperation, retryOperation } from './provisioning.js';
import { restoreServers } from './restore.js';
import { tryStoreAgain, useMemory } from './secret-answers.js';
import { askForNewPassphrase } from './secret-store.js';
import { adoptStray, destroyStray } from './strays.js';
import { trustCertificate } from './trust.js';

/** Closes a dialog and carries out what was chosen in it. */
export async function answerDialog(
  context: ActionContext,
  id: number,
  choice: DialogChoice,
): Promise<void> {
  const dialog = context.store.state.dialogs.find((candidate) => candidate.id === id);
  context.store.dispatch({ type: 'dialog-closed', id });
  // Whoever waits for the vault goes on without it.
  if (dialog?.kind === 'passphrase' && dialog.purpose === 'unlock') context.unlockGate.decline();
  const intent = dialog === undefined ? undefined : intentOf(dialog, choice);
  if (intent !== undefined) await carryOut(context, intent);
}

function intentOf(dialog: Dialog, choice: DialogChoice): Intent | undefined {
  if (dialog.kind === 'question') return choice === 'yes' ? dialog.intent : undefined;
  if (dialog.kind === 'passphrase') return undefined;
  if (typeof choice === 'number') return dialog.actions?.[choice]?.intent;
  return dialog.kind === 'message' ? dialog.closing?.intent : undefined;
}

function carryOut(context: ActionContext, intent: Intent): void | Promise<void> {
  switch (intent.kind) {
    case 'add-server':
      return addServer(context, intent.confirmedSha256);
    case 'trust-certificate':
      return trustCertificate(context, intent.serverId, intent.certificate);
    case 'copy':
      return copyText(context, intent.text, intent.what);
    case 'copy-password':
      return copyPassword(context, intent.serverId);
    case 'empty-clipboard':
      return emptyClipboard(context);
    case 'restore-servers':
      return restoreServers(context);
    case 'cancel-operation':
    case 'clean-up-operation':
      return cancelOperation(context, intent.operationId);
    case 'retry-operation':
      return retryOperation(context, intent.operationId);
    case 'destroy-server':
      return destroyServer(context, intent.serverId);
    case 'ask-to-remove':
      return askToRemove(context, intent.serverId);
    case 'remove-server':
      return removeServer(context, intent.serverId);
    case 'make-vault':
      return askForNewPassphrase(context, 'create');
    case 'change-passphrase':
      return askForNewPassphrase(context, 'change');
    case 'use-memory':
      return useMemory(context);
    case 'try-store-again':
      return tryStoreAgain(context);
    case 'forget-gone-server':
      return forgetGoneServer(context, intent.serverId);
    case 'adopt-stray':
      return adoptStray(context, intent.dropletId);
    case 'destroy-stray':
      return destroyStray(context, intent.dropletId);
    case 'quit':
      context.store.dispatch({ type: 'exit', reason: 'quit' });
  }
}
