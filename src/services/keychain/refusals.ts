import { PanelError } from '../panel/panel-error.js';
import type { PanelClient, PanelErrorCode } from '../panel/panel.js';
import type { KeychainIdentity } from './keychain.js';

/** Errors of a panel or curl that the identity may have caused. */
const DOUBTFUL: ReadonlySet<PanelErrorCode> = new Set([
  'panel-certificate-required',
  'panel-unreachable',
  'identity-missing',
]);

/**
 * A client that, when it was refused, looks into the keychain for the reason: the identity is gone, or there are
 * several of its name, of which curl takes any.
 */
export function explainRefusals(
  client: PanelClient,
  identity: { readonly name: string; readonly sha1: string | undefined },
  list: (signal?: AbortSignal) => Promise<readonly KeychainIdentity[]>,
): PanelClient {
  return {
    ...client,
    getHealth: async (options) => {
      try {
        return await client.getHealth(options);
      } catch (error) {
        if (!(error instanceof PanelError) || !DOUBTFUL.has(error.code)) throw error;
        const found = await list(options?.signal).catch(() => undefined);
        throw (found && reasonIn(found, identity, error)) ?? error;
      }
    },
  };
}

function reasonIn(
  found: readonly KeychainIdentity[],
  { name, sha1 }: { readonly name: string; readonly sha1: string | undefined },
  cause: PanelError,
): PanelError | undefined {
  const named = found.filter((each) => each.name === name);
  const isThere = sha1 === undefined ? named.length > 0 : found.some((each) => each.sha1 === sha1);
  if (!isThere) {
    const text = `Its identity ${JSON.stringify(name)} is not in the keychain any more.`;
    return new PanelError('identity-missing', text, cause);
  }
  if (named.length < 2) return undefined;
  const text = `The keychain has ${named.length} identities called ${JSON.stringify(name)}, and curl cannot tell them apart.`;
  return new PanelError('identity-ambiguous', text, cause);
}
