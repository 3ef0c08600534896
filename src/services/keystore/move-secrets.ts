import { type CredentialKey, type Keystore, KeystoreError } from './keystore.js';

export interface MoveOptions {
  readonly keys: readonly CredentialKey[];
  readonly from: Keystore;
  readonly to: Keystore;
  /**
   * True to continue an interrupted move: secrets already in `to` are newer than those in `from`.
   */
  readonly toIsInUse: boolean;
}

export interface Moved {
  readonly count: number;
  /**
   * Secrets that differ between the stores: `to` takes precedence, and the copy in `from` stays.
   */
  readonly differing: readonly CredentialKey[];
}

/**
 * Copies every secret that `from` has of these keys to `to` and reads each back, before the first one is deleted.
 * When anything fails before that, what was copied is taken out again and nothing is deleted.
 */
export async function moveSecrets({ keys, from, to, toIsInUse }: MoveOptions): Promise<Moved> {
  await to.probe();
  const copied: { readonly key: CredentialKey; readonly before: string | undefined }[] = [];
  const differing: CredentialKey[] = [];
  try {
    for (const key of keys) {
      const secret = await from.get(key);
      if (secret === undefined) continue;
      const before = await to.get(key);
      if (toIsInUse && before !== undefined && before !== secret) {
        differing.push(key);
        continue;
      }
      copied.push({ key, before });
      await to.set(key, secret);
      if ((await to.get(key)) !== secret) throw notReadBack(key, to);
    }
  } catch (error) {
    for (const { key, before } of copied.reverse()) await putBack(to, key, before);
    throw error;
  }
  for (const { key } of copied) await from.delete(key);
  return { count: copied.length, differing };
}

/** Restores the secrets; one that cannot be restored leaves a harmless extra copy. */
async function putBack(
  store: Keystore,
  key: CredentialKey,
  before: string | undefined,
): Promise<void> {
  try {
    if (before === undefined) await store.delete(key);
    else await store.set(key, before);
  } catch {
    // The first failure is the one to tell.
  }
}

function notReadBack({ service, account }: CredentialKey, store: Keystore): KeystoreError {
  return new KeystoreError({
    code: 'not-read-back',
    message: `${store.title} did not give back ${service} / ${account} as it was stored.`,
    hint: 'Nothing was deleted: all secrets are where they were. Check that store, then try again.',
  });
}
