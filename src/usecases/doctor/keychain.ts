import type { Services } from '../work.js';
import type { Finding } from './finding.js';

const NAME = 'Login keychain';

/** Checks that keys can go into the keychain of this Mac, and be used from there; finds nothing elsewhere. */
export async function checkKeychain({
  keychain,
}: Pick<Services, 'keychain'>): Promise<readonly Finding[]> {
  if (keychain === undefined) return [];
  await keychain.probe();
  const reason = await keychain.unsuited();
  if (reason === undefined)
    return [{ level: 'ok', name: NAME, text: 'keys of certificates go into it, non-extractable' }];
  const text = `not used for keys of certificates, which stay in encrypted files: ${reason}`;
  return [{ level: 'note', name: NAME, text }];
}
