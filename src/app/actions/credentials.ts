import { findStore } from '../../usecases/stores.js';
import { findToken } from '../../usecases/token.js';
import type { ShownError } from '../shown-error.js';
import { nameAccount } from './compare-droplets.js';
import type { ActionContext } from './context.js';

/** Shows the store in use, chosen if that is not done yet. */
export async function lookAtStore({ store, ports }: ActionContext): Promise<void> {
  store.dispatch({ type: 'keystore-chosen', ...(await findStore(ports)) });
}

/** Learns whether a token is there that need not be typed. A store that does not work is told in the wizard. */
export function askKeystore(context: ActionContext): Promise<void> {
  const { store, ports, run } = context;
  const onError = (error: ShownError): void =>
    store.dispatch({ type: 'keystore-asked', tokenOrigin: undefined, error });
  return run({ title: 'Looking up the saved token', onError }, async () => {
    // A token of the environment needs none.
    await lookAtStore(context);
    const { origin, secret } = await findToken(ports);
    store.dispatch({ type: 'keystore-asked', tokenOrigin: origin });
    if (secret !== undefined) void nameAccount(context);
  });
}
