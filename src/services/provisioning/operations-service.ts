import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Clock } from '../../core/time.js';
import { syncFolder } from '../files/atomic.js';
import type { Redactor } from '../log/redactor.js';
import { isSameProcessAlive } from '../process/identity.js';
import { ProvisioningError } from './errors.js';
import { foldJournal } from './fold.js';
import {
  followJournal,
  journalPath,
  listOperationIds,
  openJournal,
  operationFolder,
  operationsFolder,
  readJournal,
} from './journal.js';
import { findLockHolder, inProgress } from './lock.js';
import type { Operation, Operations, ProvisionChoice } from './operations.js';
import type { JournalRecord } from './records.js';
import type { WorkerMode } from './worker.js';

const WORKER_START_TIMEOUT_MS = 20_000;
const WORKER_START_POLL_MS = 20;

/** A worker process as seen from its starter: all it says comes through the journal. */
export interface StartedWorker {
  /** The exit code once it has ended. */
  exitCode(): number | undefined;
}

export interface OperationsOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly redactor: Redactor;
  /** Filled into new requests. */
  readonly defaults: {
    readonly size: string;
    readonly image: string;
    readonly installer: string;
    readonly apiUrl: string;
  };
  /** Starts a detached process that calls `runWorker`; the token goes into its environment only. */
  readonly startWorker: (operationId: string, mode: WorkerMode, token: string) => StartedWorker;
}

export function createOperations(options: OperationsOptions): Operations {
  const { home } = options;
  const get = async (id: string): Promise<Operation | undefined> => {
    const records = (await readJournal(journalPath(home, id))) ?? [];
    return foldJournal(records, await isWorkerAlive(records));
  };
  return {
    get,
    async list() {
      const operations = await Promise.all((await listOperationIds(home)).map(get));
      return operations
        .filter((operation) => operation !== undefined)
        .sort((one, other) => other.startedAt - one.startedAt);
    },
    start: (choice, token) => start(options, choice, token),
    follow: (id, listener) => followJournal(journalPath(home, id), listener),
    async cancel(id, token) {
      const worker = await findWorker(home, id);
      if (worker !== undefined) process.kill(worker, 'SIGTERM');
      else await startAndWait(options, id, 'cleanup', token);
    },
    async resume(id, token) {
      requireInterrupted(await get(id), id);
      await startAndWait(options, id, 'run', token);
    },
    async dismiss(id) {
      requireEnded(await get(id), id);
      await rm(operationFolder(home, id), { recursive: true, force: true });
      await syncFolder(operationsFolder(home));
    },
  };
}

async function start(
  options: OperationsOptions,
  choice: ProvisionChoice,
  token: string,
): Promise<string> {
  const { home, clock, redactor, defaults } = options;
  const holder = await findLockHolder(home);
  if (holder !== undefined) throw inProgress(holder);
  const id = randomBytes(8).toString('hex');
  const journal = await openJournal(journalPath(home, id), clock, redactor);
  try {
    const request = {
      id,
      serverId: randomUUID(),
      label: choice.label,
      region: choice.region,
      ...defaults,
    };
    await journal.write({ event: 'operation', request });
  } finally {
    await journal.close();
  }
  try {
    await startAndWait(options, id, 'run', token);
  } catch (error) {
    // No worker took it up, so nothing was made that the folder would be needed for.
    await rm(operationFolder(home, id), { recursive: true, force: true });
    throw error;
  }
  return id;
}

/** Resolves once the worker has written its first record. */
async function startAndWait(
  options: OperationsOptions,
  id: string,
  mode: WorkerMode,
  token: string,
): Promise<void> {
  const { home, clock } = options;
  const holder = await findLockHolder(home);
  if (holder !== undefined) throw inProgress(holder);
  const before = countWorkers(await readJournal(journalPath(home, id)));
  const worker = options.startWorker(id, mode, token);
  const deadline = clock.monotonic() + WORKER_START_TIMEOUT_MS;
  while (countWorkers(await readJournal(journalPath(home, id))) === before) {
    const exitCode = worker.exitCode();
    if (
      exitCode !== undefined &&
      countWorkers(await readJournal(journalPath(home, id))) === before
    ) {
      throw await whyNotStarted(home, `it ended with code ${exitCode}`);
    }
    if (clock.monotonic() > deadline) throw await whyNotStarted(home, 'it did not start in time');
    await clock.sleep(WORKER_START_POLL_MS);
  }
}

async function whyNotStarted(home: string, reason: string): Promise<ProvisioningError> {
  const holder = await findLockHolder(home);
  if (holder !== undefined) return inProgress(holder);
  return new ProvisioningError({
    code: 'worker-not-started',
    message: `The provisioning process could not be started: ${reason}.`,
    hint: 'Start the program with --log FILE and look there for the reason.',
  });
}

function countWorkers(records: readonly JournalRecord[] | undefined): number {
  return records?.filter((record) => record.event === 'worker').length ?? 0;
}

function lastWorker(
  records: readonly JournalRecord[],
): Extract<JournalRecord, { event: 'worker' }> | undefined {
  return records.findLast((record) => record.event === 'worker');
}

async function isWorkerAlive(records: readonly JournalRecord[]): Promise<boolean> {
  const worker = lastWorker(records);
  return worker !== undefined && (await isSameProcessAlive(worker.pid, worker.startedAt));
}

async function findWorker(home: string, id: string): Promise<number | undefined> {
  const records = (await readJournal(journalPath(home, id))) ?? [];
  return (await isWorkerAlive(records)) ? lastWorker(records)?.pid : undefined;
}

function requireInterrupted(operation: Operation | undefined, id: string): void {
  if (
    operation?.status === 'interrupted' &&
    operation.error === undefined &&
    operation.rollback.length === 0
  )
    return;
  throw new ProvisioningError({
    code: 'not-resumable',
    message: `Operation ${id} cannot be continued: it ${operation === undefined ? 'does not exist' : `is ${operation.status}`}.`,
    hint:
      operation?.status === 'interrupted'
        ? 'Its clean-up had begun: clean it up to the end.'
        : undefined,
  });
}

function requireEnded(operation: Operation | undefined, id: string): void {
  if (operation === undefined || operation.status === 'succeeded' || operation.status === 'failed')
    return;
  throw new ProvisioningError({
    code: 'not-dismissable',
    message: `Operation ${id} is ${operation.status}, so it is kept.`,
    hint: 'Clean it up first: what it made is only known from its journal.',
  });
}
