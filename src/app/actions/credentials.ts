import type { DigitalOceanApi } from '../../services/digitalocean/api.js';
import { findStore } from '../../usecases/stores.js';
import {
  findToken,
  openApi as openApiOf,
  requireToken as requireTokenOf,
} from '../../usecases/token.js';
import type { ShownError } from '../shown-error.js';
import { nameAccount } from './compare-droplets.js';
import type { ActionContext } from './context.js';
import type { RunHandle } from './run.js';

/** Shows the store in use, chosen if that is not done yet. */
export async function lookAtStore({ store, ports }: ActionContext): Promise<void> {
  store.dispatch({ type: 'keystore-chosen', ...(await findStore(ports)) });
}

/** Learns whether a token is there that need not be typed. A store that does not work is told in the wizard. */
export function askKeystore(context: ActionContext): Promise<void> {
  const { store, ports, run } = context;
  const onError = (error: ShownError): void =>
    store.dispatch({ type: 'keystore-asked', tokenOrigin: undefined, error });
  return run({ title: 'Looking for a saved token', onError }, async () => {
    // A token of the environment needs none.
    await lookAtStore(context);
    const { origin, secret } = await findToken(ports);
    store.dispatch({ type: 'keystore-asked', tokenOrigin: origin });
    if (secret !== undefined) void nameAccount(context, secret);
  });
}

/** The typed token, or one at hand. Rejects when there is neither. */
export function requireToken({ token, ports }: ActionContext): Promise<string> {
  return requireTokenOf({ ...ports, typedToken: token.read() });
}

/** A client for this token whose retries are shown with the action. */
export function openApi(
  { ports }: ActionContext,
  token: string,
  handle: RunHandle,
): Promise<DigitalOceanApi> {
  const face = { progress: (text: string | undefined) => handle.waiting(text) };
  return openApiOf({ ...ports, typedToken: token, face });
}
