import type { ChosenKeystore } from '../../services/keystore/choose-keystore.js';
import { KeystoreError } from '../../services/keystore/keystore-error.js';
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

/** It is in the state, and shown with what needs it. */
function ignoreStoreProblem(error: unknown): void {
  if (!(error instanceof KeystoreError)) throw error;
}
