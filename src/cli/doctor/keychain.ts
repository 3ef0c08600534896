import type { Keychain } from '../../services/keychain/keychain.js';
import { type Finding, problem } from './finding.js';

const NAME = 'Login keychain';

/** Whether keys can go into the keychain of this Mac, and be used from there; nothing elsewhere. */
export async function checkKeychain(keychain: Keychain | undefined): Promise<readonly Finding[]> {
  if (keychain === undefined) return [];
  try {
    await keychain.probe();
    const reason = await keychain.unsuited();
    if (reason === undefined)
      return [
        { level: 'ok', name: NAME, text: 'keys of certificates go into it, non-extractable' },
      ];
    const text = `not used for keys of certificates, which stay in encrypted files: ${reason}`;
    return [{ level: 'note', name: NAME, text }];
  } catch (error) {
    return [problem(NAME, error)];
  }
}
