import type { ServerEntry } from '../../services/registry/registry.js';
import type { ActionContext } from './context.js';

/**
 * Sentence about what the last look at the panel found missing on this machine; undefined without a look, or if nothing
 * is missing.
 */
export function missingHere(
  { store, ports }: ActionContext,
  { id, authMethod }: ServerEntry,
): string | undefined {
  const health = store.state.health.get(id)?.health;
  if (health?.state !== 'certificate-needed') return undefined;
  // Skip a certificate in the keychain of another machine: it is used there.
  if (authMethod === 'keychain' && !ports.environment.hasKeychain) return undefined;
  if (health.lacks === 'password')
    return `The password of its admin certificate, as the server has it, is not in ${ports.keystore.title}.`;
  return health.lacks === 'client-certificate'
    ? 'There is no admin certificate on this machine that opens its panel.'
    : undefined;
}
