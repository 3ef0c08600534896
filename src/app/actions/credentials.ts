import { InputError } from '../../core/errors.js';
import type { DigitalOceanApi } from '../../services/digitalocean/api.js';
import { TOKEN_KEY } from '../../services/keystore/keystore.js';
import type { AppPorts } from '../ports.js';
import type { ShownError } from '../shown-error.js';
import type { TokenOrigin } from '../state.js';
import { nameAccount } from './account.js';
import type { ActionContext } from './context.js';
import type { RunHandle } from './run.js';
import { lookAtStore } from './store-choice.js';

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

/** The typed token, or one that is at hand. Rejects when there is neither. */
export async function requireToken(context: ActionContext): Promise<string> {
  return context.token.read() ?? (await requireKeptToken(context));
}

/** The one that is at hand, whatever is being typed. */
export async function requireKeptToken({ ports }: ActionContext): Promise<string> {
  const known = (await findToken(ports)).secret;
  if (known !== undefined) return known;
  throw new InputError({
    code: 'token-missing',
    message: 'There is no DigitalOcean token here.',
    hint: 'Paste one in the first step of “Create a new server”, then try again.',
  });
}

type Found =
  | { readonly origin: 'none'; readonly secret?: undefined }
  | { readonly origin: Exclude<TokenOrigin, 'none'>; readonly secret: string };

/** The environment's goes first, since it was given for this run; the sandbox's sample last. */
async function findToken({ suppliedTokens, keystore, redactor }: AppPorts): Promise<Found> {
  const { environment, sandbox } = suppliedTokens;
  if (environment !== undefined) return { origin: 'environment', secret: environment };
  const saved = await keystore.get(TOKEN_KEY);
  if (saved !== undefined) {
    redactor.add(saved);
    return { origin: 'store', secret: saved };
  }
  return sandbox === undefined ? { origin: 'none' } : { origin: 'sandbox', secret: sandbox };
}

/** A client for the token whose waits are shown with the action. */
export function openApi(context: ActionContext, token: string, handle: RunHandle): DigitalOceanApi {
  const api = context.ports.createApi(token);
  // By call: one that succeeds says nothing about another that is still tried again.
  const waits = new Map<string, string>();
  api.onRetry(({ method, path, reason, waitMs }) => {
    const wait = `${reason}, next try in ${Math.max(1, Math.ceil(waitMs / 1_000))} s`;
    waits.set(`${method} ${path}`, wait);
    handle.waiting(wait);
  });
  api.onCall(({ method, path, status }) => {
    if (status === undefined || status >= 400) return;
    if (waits.delete(`${method} ${path}`)) handle.waiting([...waits.values()].at(-1));
  });
  return api;
}
