import { messageOf } from '../core/errors.js';
import { unknownOperation } from '../services/provisioning/errors.js';
import {
  isUpkeep,
  type OperationRequest,
  type ProvisionRequest,
} from '../services/provisioning/journal/records.js';
import type { Handed, Operation } from '../services/provisioning/operations.js';
import { isDismissable } from '../services/provisioning/operations-service.js';
import {
  beginInterruptedText,
  cancelQuestion,
  cleanUpQuestion,
  retryQuestion,
} from '../words/operations.js';
import { stopQuestion } from '../words/upkeep.js';
import { requireFreeLabel } from './labels.js';
import { isSupplied, requireSavedToken, requireToken, savedToken } from './token.js';
import type { KeyWork, Work } from './work.js';

/** Finds an operation. Throws `operation-unknown`. */
export async function requireOperation(
  id: string,
  { operations }: Pick<KeyWork, 'operations'>,
): Promise<Operation> {
  const operation = await operations.get(id);
  if (operation === undefined) throw unknownOperation(id);
  return operation;
}

/** Waits for a worker to begin, which the program's end would cut short. */
export async function held<T>({ face }: Pick<KeyWork, 'face'>, begun: Promise<T>): Promise<T> {
  const hold = face.hold(beginInterruptedText());
  return await begun.finally(() => hold.dispose());
}

/** Resumes an interrupted operation at its first step that is not done. Throws `not-resumable` with why. */
export async function resumeOperation(id: string, work: Work): Promise<void> {
  const { request } = await requireOperation(id, work);
  await held(work, work.operations.resume(id, await handedFor(request, work)));
}

async function handedFor(request: OperationRequest, work: Work): Promise<Handed> {
  if (!isUpkeep(request))
    return { token: await tokenOf(request, work), dnsToken: await dnsTokenOf(request, work) };
  // The panel may refuse the certificate that is kept here.
  if (request.kind === 'recover') return { agent: request.way === 'own-key' };
  const { sessionFor } = await import('./open-panel-for.js');
  return await sessionFor(request.serverId, work, request.kind === 'bind');
}

/** Stops an operation, and removes what it made. Resolves once that has begun. */
export async function cancelOperation(id: string, work: KeyWork): Promise<void> {
  const operation = await requireOperation(id, work);
  const { request } = operation;
  await work.face.confirm(isUpkeep(request) ? stopQuestion(request) : cancelQuestion(operation));
  await remove(operation, work);
}

/** Removes what an operation that is not running left. Resolves once that has begun; the operation cannot be resumed. */
export async function cleanUpOperation(id: string, work: KeyWork): Promise<void> {
  const operation = await requireOperation(id, work);
  const { request } = operation;
  await work.face.confirm(isUpkeep(request) ? stopQuestion(request) : cleanUpQuestion(operation));
  await remove(operation, work);
}

/**
 * The token of the account that a provisioning was begun in; that of `--account` or of the environment goes before it, and
 * the worker refuses one of another team.
 */
async function tokenOf({ account }: ProvisionRequest, work: KeyWork): Promise<string> {
  const isGiven = work.accounts.wish !== undefined || isSupplied(work);
  if (account === undefined || isGiven) return await requireToken(work);
  return await requireSavedToken(account, work);
}

/** Token of another account that has the domain; without it the worker says so, and leaves the records. */
export async function dnsTokenOf(
  { domain }: Pick<ProvisionRequest, 'domain'>,
  work: KeyWork,
): Promise<string | undefined> {
  if (domain?.account === undefined) return undefined;
  return (await savedToken(domain.account, work)).secret;
}

async function remove({ id, request }: Operation, work: KeyWork): Promise<void> {
  if (isUpkeep(request)) return await held(work, work.operations.cancel(id, ''));
  const token = await tokenOf(request, work);
  await held(work, work.operations.cancel(id, token, await dnsTokenOf(request, work)));
}

/**
 * Starts over with the same label, region, size, domain and SSH keys. Asks where resources of the first attempt cost money; the record of one
 * that left nothing is dropped. Resolves to the new operation's id.
 */
export async function retryOperation(id: string, work: KeyWork): Promise<string> {
  const { operations, face } = work;
  const operation = await requireOperation(id, work);
  const { request } = operation;
  if (isUpkeep(request)) throw new Error('Work on a server is begun again on its row.');
  const { label, region, size, domain, sshKeys, account } = request;
  await requireFreeLabel(work, label);
  const costly = operation.leftovers.filter(({ monthlyUsd }) => monthlyUsd > 0);
  if (costly.length > 0) await face.confirm(retryQuestion(operation, costly));
  const token = await tokenOf(request, work);
  const choice = { label, region, size, domain, sshKeys, account };
  const newId = await held(work, operations.start(choice, token, await dnsTokenOf(choice, work)));
  // A failure of this must not look like a failed start.
  if (operation.status === 'failed')
    await dismissOperation(id, work).catch((error: unknown) => face.say(messageOf(error), 'warn'));
  return newId;
}

/** Drops the record of an ended operation. Throws `not-dismissable` while something of it can be cleaned up. */
export async function dismissOperation(id: string, work: KeyWork): Promise<void> {
  await requireOperation(id, work);
  await work.operations.dismiss(id);
  work.news({ kind: 'operation-dismissed', operationId: id });
}

/** Drops the record that its reader closed, but keeps one that is still needed to clean up. */
export async function closeOperation(id: string, work: KeyWork): Promise<void> {
  const operation = await work.operations.get(id);
  if (operation !== undefined && isDismissable(operation)) await dismissOperation(id, work);
}

/** End of a removal: `left` while something of it costs money or is kept here, `too-late` for a server that is online. */
export type Removal = 'removed' | 'left' | 'too-late';

/** End of an operation's removal. The clean-up of a saved server removes only what was temporary. */
export function removalOf(operation: Operation | undefined, asked: 'cancel' | 'cleanup'): Removal {
  if (operation === undefined || operation.leftovers.length > 0) return 'left';
  if (operation.status === 'failed') return 'removed';
  if (operation.status !== 'succeeded') return 'left';
  return asked === 'cancel' ? 'too-late' : 'removed';
}
