import { type CredentialKey, type Keystore, operationKey } from '../../keystore/keystore.js';
import { operationKeyMissing } from './resumable.js';
import type { StepContext, Undo } from './step.js';

/** The temporary keys of one operation, OpenSSH PEM. They live in the credential store and in memory only. */
export interface OperationSecrets {
  readonly privateKey: string;
  readonly hostPrivateKey: string;
}

type SecretsContext = Pick<StepContext, 'ports' | 'request' | 'outputs'>;

export async function keepSecrets(
  context: SecretsContext,
  secrets: OperationSecrets,
): Promise<void> {
  const { keystore, redactor } = context.ports;
  for (const secret of Object.values(secrets) as string[]) redactor.add(secret);
  await keystore.set(operationKey(context.request.id), JSON.stringify(secrets));
}

/** Rejects with `operation-key-missing` when the store has none: the operation cannot continue. */
export async function loadSecrets(context: SecretsContext): Promise<OperationSecrets> {
  const { keystore, redactor } = context.ports;
  const stored = await keystore.get(operationKey(context.request.id));
  const secrets = stored === undefined ? undefined : parseSecrets(stored);
  if (secrets === undefined) {
    const isSaved = context.outputs.save_registry !== undefined;
    throw operationKeyMissing(keystore.title, context.request.id, isSaved);
  }
  for (const secret of Object.values(secrets) as string[]) redactor.add(secret);
  return secrets;
}

function parseSecrets(text: string): OperationSecrets | undefined {
  try {
    const value = JSON.parse(text) as Partial<OperationSecrets>;
    const { privateKey, hostPrivateKey } = value;
    if (typeof privateKey !== 'string' || typeof hostPrivateKey !== 'string') return undefined;
    return { privateKey, hostPrivateKey };
  } catch {
    return undefined;
  }
}

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
