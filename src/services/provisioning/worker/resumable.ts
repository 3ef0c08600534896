import { PortlamaError } from '../../../core/errors.js';
import type { Hint } from '../../../core/hint.js';
import { type Keystore, operationKey, p12PasswordKey } from '../../keystore/keystore.js';
import { ProvisioningError } from '../errors.js';
import { isSaved } from '../journal/fold.js';
import type { Operation, OperationStatus } from '../operations.js';
import { isUpkeep, type WorkerRecord } from '../journal/records.js';
import type { StepId } from '../steps/index.js';

export const OPERATION_KEY_MISSING = 'operation-key-missing';

const WHY_NOT: Readonly<Record<Exclude<OperationStatus, 'interrupted'>, string>> = {
  running: 'it is running',
  'cleaning-up': 'it is being cleaned up',
  'out-of-sight': 'cannot tell from here, since its process is in another container or machine',
  failed: 'it failed, and everything it created is removed',
  'failed-with-leftovers': 'it failed and was cleaned up, though something is left',
  succeeded: 'it has succeeded',
};

function wayOut(status: OperationStatus, id: string): Hint | undefined {
  switch (status) {
    case 'running':
    case 'cleaning-up':
      return { command: 'operations.attach', id };
    case 'failed':
      return { lead: 'Create the server again', command: 'provision' };
    case 'failed-with-leftovers':
      return { command: 'operations.cleanup', id };
    case 'interrupted':
    case 'out-of-sight':
    case 'succeeded':
      return undefined;
  }
}

function finishCleanUp(id: string): Hint {
  return { lead: 'Finish it', command: 'operations.cleanup', id };
}

/** Rejects with `not-resumable`, and why, unless the operation was interrupted in the middle of its steps. */
export function requireResumable(
  operation: Operation | undefined,
  id: string,
): asserts operation is Operation {
  if (operation === undefined) {
    throw notResumable(id, 'it does not exist', { command: 'operations' });
  }
  const { status, cleanUpBegun } = operation;
  if (status !== 'interrupted') throw notResumable(id, WHY_NOT[status], wayOut(status, id));
  if (!cleanUpBegun) return;
  throw notResumable(id, 'its clean-up had begun', finishCleanUp(id));
}

/**
 * Opens the store, prompting for a vault's passphrase if possible, before a worker starts that must
 * read the temporary key from it. Resolves to true when it must. A resume rejects when the store
 * cannot be read, and with `operation-key-missing` when it cannot continue; a clean-up removes the
 * resources that need no key, and names the rest.
 */
export async function openStoreFor(
  mode: WorkerRecord['mode'],
  operation: Operation,
  keystore: Keystore,
): Promise<boolean> {
  if (isUpkeep(operation.request)) {
    const { kind, serverId } = operation.request;
    const isNeeded = mode === 'run' || kind === 'recover' || kind === 'bind';
    if (isNeeded) await keystore.get(p12PasswordKey(serverId));
    return isNeeded;
  }
  const statusOf = (step: StepId): string | undefined =>
    operation.steps.find(({ id }) => id === step)?.status;
  // A clean-up needs the key for the hand-over of a server that was saved, even where that is not written down.
  const needsKey =
    mode === 'cleanup'
      ? statusOf('save_registry') !== 'pending'
      : statusOf('generate_ssh_key') === 'done';
  if (!needsKey) return false;
  try {
    const stored = await keystore.get(operationKey(operation.id));
    // Accept a missing key for a saved server: it may be gone since the hand-over succeeded.
    if (stored === undefined && !isSaved(operation))
      throw operationKeyMissing(keystore.title, operation.id, false);
  } catch (error) {
    if (mode === 'run' || !(error instanceof PortlamaError)) throw error;
  }
  return true;
}

export function operationKeyMissing(
  storeTitle: string,
  id: string,
  isServerSaved: boolean,
): ProvisioningError {
  return new ProvisioningError({
    code: OPERATION_KEY_MISSING,
    message: `The temporary SSH key of this operation is not in ${storeTitle}.`,
    hint: isServerSaved
      ? 'Without it the program cannot log in to the droplet any more: what is left there has to be removed by hand.'
      : ['Without it the droplet cannot be reached.', { command: 'operations.cleanup', id }],
  });
}

function notResumable(id: string, why: string, hint: Hint | undefined): ProvisioningError {
  return new ProvisioningError({
    code: 'not-resumable',
    message: `Operation ${id} cannot be continued: ${why}.`,
    hint,
  });
}
