import type { Keystore, CredentialKey } from '../../keystore/keystore.js';
import type { Undo } from '../worker/step.js';

/** Removes an entry of the credential store. */
export function undoCredential(keystore: Keystore, key: CredentialKey): Undo {
  return {
    resource: {
      kind: 'credential',
      id: `${key.service} ${key.account}`,
      monthlyUsd: 0,
      removeBy: `Delete the entry ${key.service} / ${key.account} from the credential store.`,
    },
    async remove() {
      return (await keystore.delete(key)) ? 'removed' : 'absent';
    },
  };
}
