import type { Intent } from '../dialogs.js';
import type { ActionContext } from './context.js';
import { destroyServer, removeServer } from './destroy.js';
import { cancelOperation } from './provisioning.js';

/** Closes a dialog; the answer "yes" to a question carries out its intent. */
export function answerDialog(context: ActionContext, id: number, yes: boolean): Promise<void> {
  const dialog = context.store.state.dialogs.find((candidate) => candidate.id === id);
  context.store.dispatch({ type: 'dialog-closed', id });
  if (!yes || dialog?.kind !== 'question') return Promise.resolve();
  return carryOut(context, dialog.intent);
}

function carryOut(context: ActionContext, intent: Intent): Promise<void> {
  switch (intent.kind) {
    case 'cancel-operation':
    case 'clean-up-operation':
      return cancelOperation(context, intent.operationId);
    case 'destroy-server':
      return destroyServer(context, intent.serverId);
    case 'remove-server':
      return removeServer(context, intent.serverId);
    case 'quit':
      context.store.dispatch({ type: 'exit', reason: 'quit' });
      return Promise.resolve();
  }
}
