import { InputError } from '../core/errors.js';
import { ENV, PROGRAM } from '../core/product.js';
import type { DigitalOceanApi } from '../services/digitalocean/api.js';
import { TOKEN_KEY } from '../services/keystore/keystore.js';
import type { Confirming } from './face.js';
import type { Services, Work } from './work.js';

type TokenSources = Pick<Services, 'suppliedTokens' | 'keystore' | 'redactor'>;
type TokenWork = TokenSources & Pick<Work, 'typedToken'>;

export type FoundToken =
  | { readonly origin: 'none'; readonly secret?: undefined }
  | { readonly origin: 'environment' | 'store' | 'sandbox'; readonly secret: string };

/** Finds the token: the environment's first, since it was given for this run; the sandbox's sample last. */
export async function findToken({
  suppliedTokens,
  keystore,
  redactor,
}: TokenSources): Promise<FoundToken> {
  const { environment, sandbox } = suppliedTokens;
  if (environment !== undefined) return found('environment', environment, redactor);
  const saved = await keystore.get(TOKEN_KEY);
  if (saved !== undefined) return found('store', saved, redactor);
  return sandbox === undefined ? { origin: 'none' } : found('sandbox', sandbox, redactor);
}

function found(
  origin: Exclude<FoundToken['origin'], 'none'>,
  secret: string,
  redactor: Services['redactor'],
): FoundToken {
  redactor.add(secret);
  return { origin, secret };
}

/** The typed token, or one at hand. Throws `token-missing` when there is neither. */
export async function requireToken(work: TokenWork): Promise<string> {
  const secret = work.typedToken ?? (await findToken(work)).secret;
  if (secret !== undefined) return secret;
  throw new InputError({
    code: 'token-missing',
    message: `There is no DigitalOcean API token in the environment or in ${work.keystore.title}.`,
    hint: `Store one with: ${PROGRAM} token set. Or set ${ENV.cloudToken}.`,
  });
}

/** A client for the token at hand whose retries are shown as progress. */
export async function openApi(
  work: TokenWork & Pick<Work, 'createApi'> & { readonly face: Pick<Confirming, 'progress'> },
): Promise<DigitalOceanApi> {
  const api = work.createApi(await requireToken(work));
  // Waits by call: the success of one call does not end the retries of another.
  const waits = new Map<string, string>();
  api.onRetry(({ method, path, reason, waitMs }) => {
    const wait = `${reason}, next try in ${Math.max(1, Math.ceil(waitMs / 1_000))} s`;
    waits.set(`${method} ${path}`, wait);
    work.face.progress(wait);
  });
  api.onCall(({ method, path, status }) => {
    if (status === undefined || status >= 400) return;
    if (waits.delete(`${method} ${path}`)) work.face.progress([...waits.values()].at(-1));
  });
  return api;
}
