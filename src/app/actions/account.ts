import { compareDroplets } from './compare-droplets.js';
import type { ActionContext } from './context.js';

/** Limit for the account's name, ms: later it is of no use. */
const PATIENCE_MS = 5_000;

/** Names the token's account in the title, and looks for strays in it. Says nothing when it cannot be asked. */
export async function nameAccount(context: ActionContext, token: string): Promise<void> {
  const { store, ports, signal, run } = context;
  if (store.state.accountEmail !== undefined) return;
  const onError = (): void => undefined;
  await run({ title: 'Asking for the account', onError, quiet: true }, async () => {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const api = ports.createApi(token);
    const { email } = await api.getAccount(patience);
    // Drop the answer: another token was checked meanwhile.
    if (store.state.accountEmail !== undefined) return;
    store.dispatch({ type: 'account-known', email });
    void compareDroplets(context, () => api);
  });
}
