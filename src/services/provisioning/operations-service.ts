import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { systemCodeOf } from '../../core/errors.js';
import type { Clock } from '../../core/time.js';
import { syncFolder } from '../files/atomic.js';
import { type Keystore, p12PasswordKey } from '../keystore/keystore.js';
import type { Redactor } from '../log/redactor.js';
import type { ServerEntry } from '../registry/registry.js';
import { ProvisioningError, unknownOperation } from './errors.js';
import { readHistory } from './journal/journal-tail.js';
import { journalPath, openJournal, operationFolder, operationsFolder } from './journal/journal.js';
import {
  isUpkeep,
  type OperationRequest,
  type UpkeepRequest,
  type UpkeepWork,
} from './journal/records.js';
import type {
  Handed,
  Operation,
  Operations,
  OperationStatus,
  ProvisionChoice,
} from './operations.js';
import { keepPast, listPast } from './past-operations.js';
import { OperationsWatcher } from './watcher.js';
import { openStoreFor, requireResumable } from './worker/resumable.js';
import type { WorkerMode } from './worker/worker.js';
import { ELSEWHERE, lockPathOf, wayOutOfSight } from './worker/lock.js';
import {
  refuseWhileBusy,
  type SeenWorker,
  START_POLL_MS,
  type StartedWorker,
  untilTakenUp,
  untilWorkerEnded,
  type Worker,
} from './worker/worker-process.js';

export interface OperationsOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Store of the temporary keys. */
  readonly keystore: Keystore;
  /** Filled into new requests. */
  readonly defaults: {
    readonly image: string;
    readonly installer: string;
    readonly apiUrl: string;
  };
  /**
   * Starts a detached process that calls `runWorker`; what is handed over goes into its environment only. One that
   * `readsStore` needs what is in the store already.
   */
  readonly startWorker: (
    operationId: string,
    mode: WorkerMode,
    handed: Handed,
    readsStore: boolean,
  ) => StartedWorker;
}

export function createOperations(options: OperationsOptions): Operations {
  const { home, clock } = options;
  const watcher = new OperationsWatcher(home, clock);
  const run: Run = { ...options, watcher };
  return {
    list: () => watcher.list(),
    get: async (id) => (await watcher.look(id))?.operation,
    watch: (listener) => watcher.watch(listener),
    follow: (id, follower) => watcher.follow(id, follower),
    start: (choice, token, dnsToken) => start(run, choice, { token, dnsToken }),
    startUpkeep: (server, work, handed) => startUpkeep(run, server, work, handed),
    async wake(id) {
      const worker = (await watcher.look(id))?.worker;
      if (worker?.sight === 'here') tell(worker.pid, WAKE);
    },
    async cancel(id, token, dnsToken) {
      const seen = await onceStarted(run, id);
      // Skip a worker that has written its end: it no longer listens, though its process may live
      // for a moment.
      if (seen?.worker !== undefined && seen.operation.endedAt === undefined) {
        if (seen.worker.sight !== 'here')
          throw workerElsewhere(lockPathOf(home, seen.operation.request), id, seen.worker);
        if (tell(seen.worker.pid, 'SIGTERM')) return;
      }
      requireSomethingLeft(seen?.operation, id);
      await takeUp(run, seen.operation, 'cleanup', { token, dnsToken });
    },
    async remains(id) {
      const operation = (await watcher.look(id))?.operation;
      requireSomethingLeft(operation, id);
      if (isUpkeep(operation.request)) return [];
      const history = (await readHistory(journalPath(home, id))) ?? [];
      const { remainsOf } = await import('./worker/remains.js');
      return await remainsOf(operation.request, history, options);
    },
    async resume(id, handed) {
      const operation = (await watcher.look(id))?.operation;
      requireResumable(operation, id);
      await takeUp(run, operation, 'run', handed);
    },
    async dismiss(id) {
      const operation = (await watcher.look(id))?.operation;
      requireNothingLeft(operation, id);
      if (operation !== undefined) await keepPast(home, clock, operation);
      await rm(operationFolder(home, id), { recursive: true, force: true });
      await syncFolder(operationsFolder(home));
      await watcher.look(id);
    },
    past: () => listPast(home),
    workerEnd: (id) => untilWorkerEnded(clock, () => watcher.look(id)),
  };
}

interface Run extends OperationsOptions {
  readonly watcher: OperationsWatcher;
}

/** Looks at an operation; at one that another program has just begun, once its worker can be told to stop. */
async function onceStarted({ watcher, clock }: Run, id: string): Promise<SeenWorker | undefined> {
  for (;;) {
    const seen = await watcher.look(id);
    const isStarting = seen?.operation.status === 'running' && seen.workerRecord === undefined;
    if (!isStarting) return seen;
    await clock.sleep(START_POLL_MS);
  }
}

function workerElsewhere(lockPath: string, id: string, { pid, sight }: Worker): ProvisioningError {
  const where = `process ${pid} ${ELSEWHERE}`;
  const isKnown = sight === 'elsewhere';
  return new ProvisioningError({
    code: 'worker-elsewhere',
    message: isKnown
      ? `Operation ${id} is being worked on by ${where}, which cannot be reached from here.`
      : `Cannot tell from here whether operation ${id} is still being worked on by ${where}.`,
    hint: isKnown
      ? { lead: 'Cancel it there, or watch it here', command: 'operations.attach', id }
      : wayOutOfSight(lockPath),
  });
}

/** Told to a worker that waits: it looks at once. One that does not wait takes no notice. */
const WAKE = 'SIGHUP';

/** False when the worker ended by itself in the meantime. */
function tell(worker: number, signal: 'SIGTERM' | 'SIGHUP'): boolean {
  try {
    return process.kill(worker, signal);
  } catch (error) {
    if (systemCodeOf(error) === 'ESRCH') return false;
    throw error;
  }
}

async function start(run: Run, choice: ProvisionChoice, handed: Handed): Promise<string> {
  const serverId = randomUUID();
  return await begin(run, { id: newId(), serverId, ...choice, ...run.defaults }, handed);
}

async function startUpkeep(
  run: Run,
  { id: serverId, label, region = '' }: Pick<ServerEntry, 'id' | 'label' | 'region'>,
  work: UpkeepWork,
  handed: Handed,
): Promise<string> {
  const { apiUrl } = run.defaults;
  // Ask for a vault's passphrase here: the worker, which has no terminal, opens the panel with what is in it.
  await run.keystore.get(p12PasswordKey(serverId));
  return await begin(run, { id: newId(), serverId, label, region, apiUrl, ...work }, handed);
}

function newId(): string {
  return randomBytes(8).toString('hex');
}

async function begin(run: Run, request: OperationRequest, handed: Handed): Promise<string> {
  const { home, clock, redactor, watcher } = run;
  const { id } = request;
  await refuseWhileBusy({ clock, lockPath: lockPathOf(home, request) }, watcher);
  try {
    const journal = await openJournal(journalPath(home, id), clock, redactor);
    try {
      await journal.write({ event: 'operation', request });
    } finally {
      await journal.close();
    }
    await startAndWait(run, request, 'run', handed, isUpkeep(request));
  } catch (error) {
    await forgetUntouched(home, id, watcher).catch(() => undefined);
    throw error;
  }
  return id;
}

/** Removes the folder of an operation without a worker: no resource depends on it. */
async function forgetUntouched(
  home: string,
  id: string,
  watcher: OperationsWatcher,
): Promise<void> {
  if ((await watcher.look(id))?.workerRecord !== undefined) return;
  await rm(operationFolder(home, id), { recursive: true, force: true });
  await watcher.look(id);
}

/** Resumes or cleans up an operation of an earlier worker. */
async function takeUp(
  run: Run,
  operation: Operation,
  mode: WorkerMode,
  handed: Handed,
): Promise<void> {
  const readsStore = await openStoreFor(mode, operation, run.keystore);
  await startAndWait(run, operation.request, mode, handed, readsStore);
}

async function startAndWait(
  { home, clock, watcher, startWorker }: Run,
  request: OperationRequest,
  mode: WorkerMode,
  handed: Handed,
  readsStore: boolean,
): Promise<void> {
  const { id } = request;
  const place = { clock, lockPath: lockPathOf(home, request) };
  await refuseWhileBusy(place, watcher);
  const before = (await watcher.look(id))?.workerRecord;
  const worker = startWorker(id, mode, handed, readsStore);
  await untilTakenUp(place, id, worker, before, watcher);
}

function requireSomethingLeft(
  operation: Operation | undefined,
  id: string,
): asserts operation is Operation {
  if (operation === undefined) throw unknownOperation(id);
  const { status, leftovers, request } = operation;
  if (!hasEnded(status) || leftovers.length > 0) return;
  throw new ProvisioningError({
    code: 'nothing-to-clean-up',
    message:
      status === 'succeeded'
        ? `Operation ${id} has succeeded, and nothing temporary is left of it.`
        : `Operation ${id} failed, and everything it created is removed.`,
    hint:
      status === 'succeeded' && !isUpkeep(request)
        ? {
            lead: 'If you do not need the server, destroy it',
            command: 'servers.destroy',
            id: request.label,
          }
        : undefined,
  });
}

/** True for one that has ended, and left nothing that this program could still remove. */
export function isDismissable({ status, leftovers, request }: Operation): boolean {
  // Work on a server that exists made nothing there, but for a key that logs in to it.
  if (isUpkeep(request) && status === 'interrupted') return !leavesLogin(request);
  return hasEnded(status) && leftovers.every(({ byHand }) => byHand);
}

function leavesLogin(request: UpkeepRequest): boolean {
  return request.kind === 'recover' && request.way === 'console';
}

function hasEnded(status: OperationStatus): boolean {
  return status === 'succeeded' || status === 'failed';
}

function requireNothingLeft(operation: Operation | undefined, id: string): void {
  if (operation === undefined || isDismissable(operation)) return;
  const { status } = operation;
  throw new ProvisioningError({
    code: 'not-dismissable',
    message: hasEnded(status)
      ? `Operation ${id} left something that is only known from its journal, so it is kept.`
      : `Operation ${id} is ${status === 'out-of-sight' ? 'perhaps running (cannot tell from here)' : status}, so it is kept.`,
    hint: [
      'What it created is only known from its journal.',
      { lead: 'Clean it up first', command: 'operations.cleanup', id },
    ],
  });
}
