import type { ChosenKeystore } from '../../services/keystore/choose-keystore.js';
import { KeystoreError } from '../../services/keystore/keystore-error.js';
import type { KeystoreStatus } from '../state.js';
import type { ActionContext } from './context.js';

/** Chooses the store and dispatches it with its status. Rejects with the fault if none works. */
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

/** Like `chooseStore`, but ignores KeystoreErrors. */
export async function lookAtStore(context: ActionContext): Promise<void> {
  await chooseStore(context).catch(ignoreStoreProblem);
}

/** Ignores a KeystoreError: the state holds it, for the screens that need the store. */
function ignoreStoreProblem(error: unknown): void {
  if (!(error instanceof KeystoreError)) throw error;
}
