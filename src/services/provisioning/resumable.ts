import type { Keystore } from '../keystore/keystore.js';
import { operationKey } from '../keystore/keystore.js';
import { ProvisioningError } from './errors.js';
import type { Operation, OperationStatus } from './operations.js';

const WHY_NOT: Readonly<Record<Exclude<OperationStatus, 'interrupted'>, string>> = {
  running: 'it is running',
  'cleaning-up': 'it is being cleaned up',
  'out-of-sight': 'cannot tell from here, since its process is in another container or machine',
  failed: 'it failed, and everything it made is removed',
  'failed-with-leftovers': 'it failed and was cleaned up, though something is left',
  succeeded: 'it has succeeded',
};
const HINTS: Partial<Readonly<Record<OperationStatus, string>>> = {
  running: 'Attach to it instead.',
  failed: 'Create the server again.',
  'failed-with-leftovers': 'Clean it up once more, then create the server again.',
};

/** Rejects with `not-resumable`, and why, unless the operation was interrupted in the middle of its steps. */
export function requireResumable(
  operation: Operation | undefined,
  id: string,
): asserts operation is Operation {
  if (operation === undefined) {
    throw notResumable(id, 'it does not exist', 'List them with: portlama-tui operations');
  }
  const { status, cleanUpBegun } = operation;
  if (status !== 'interrupted') throw notResumable(id, WHY_NOT[status], HINTS[status]);
  if (!cleanUpBegun) return;
  throw notResumable(id, 'its clean-up had begun', 'Clean it up to the end.');
}

/** Rejects with `operation-key-missing` when what is still to be done needs the temporary key and it is gone. */
export async function requireOperationKey(
  { id, steps }: Operation,
  keystore: Keystore,
): Promise<void> {
  const isDone = (step: string): boolean =>
    steps.some((each) => each.id === step && each.status === 'done');
  if (!isDone('generate_ssh_key') || isDone('save_registry')) return;
  if ((await keystore.get(operationKey(id))) !== undefined) return;
  throw operationKeyMissing(keystore.title);
}

export function operationKeyMissing(storeTitle: string): ProvisioningError {
  return new ProvisioningError({
    code: 'operation-key-missing',
    message: `The temporary SSH key of this operation is not in ${storeTitle}.`,
    hint: 'Without it the droplet cannot be reached: clean up, then create the server again.',
  });
}

function notResumable(id: string, why: string, hint: string | undefined): ProvisioningError {
  return new ProvisioningError({
    code: 'not-resumable',
    message: `Operation ${id} cannot be continued: ${why}.`,
    hint,
  });
}
