import { PROGRAM } from '../../../core/product.js';
import type { Clock } from '../../../core/time.js';
import { type Sight, sightOf } from '../../files/kernel-lock.js';
import type { Liveness } from '../../process/identity.js';
import { ProvisioningError } from '../errors.js';
import { journalPath } from '../journal/journal.js';
import type { OperationRequest, WorkerRecord } from '../journal/records.js';
import type { Operation } from '../operations.js';
import { findLockHolder, inProgress, type LockHolder, lockPathOf } from './lock.js';

/** Time limit for a worker to write its first record. */
export const START_TIMEOUT_MS = 20_000;
export const START_POLL_MS = 20;
/** Limit for the record that a worker writes right after it has the lock. */
const FIRST_RECORD_MS = 2_000;
/** A worker that has written its end only closes its files. */
const END_TIMEOUT_MS = 10_000;
/** 128 and the number of SIGKILL. */
const KILLED = 137;

/** A worker process as seen from its starter: all it says comes through the journal. */
export interface StartedWorker {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** The exit code once it has ended; 128 + n after signal n. */
  exitCode(): number | undefined;
  /** Gives its standard error; never contains a secret. */
  lastWords(): string;
}

/** An operation and its worker, as last seen. */
export interface SeenWorker {
  readonly operation: Operation;
  /** The last record that names a worker. */
  readonly workerRecord: WorkerRecord | undefined;
  /** Undefined once it has ended. */
  readonly worker: Worker | undefined;
}

interface Place {
  /** Lock of the operation (`lockPathOf`). */
  readonly lockPath: string;
  readonly clock: Clock;
}

/** Looks at operations now. */
export interface WorkerLooks {
  lookAtAll(): Promise<readonly SeenWorker[]>;
  look(id: string): Promise<SeenWorker | undefined>;
}

/** Rejects with `provisioning-in-progress`, or `server-busy`, while another process has the lock. */
export async function refuseWhileBusy(place: Place, looks: WorkerLooks): Promise<void> {
  const holder = await findLockHolder(place.lockPath);
  if (holder !== undefined) throw await explainBusy(place, holder, looks);
}

/**
 * Resolves once this worker has written its first record, after `before`. Rejects with why it did not.
 */
export async function untilTakenUp(
  place: Place,
  id: string,
  worker: StartedWorker,
  before: WorkerRecord | undefined,
  looks: WorkerLooks,
): Promise<void> {
  const { clock } = place;
  const giveUpAt = clock.monotonic() + START_TIMEOUT_MS;
  for (;;) {
    // Asked first: what it wrote before it ended is there by then.
    const exitCode = worker.exitCode();
    const record = (await looks.look(id))?.workerRecord;
    if (record?.pid === worker.pid && record?.at !== before?.at) return;
    if (exitCode !== undefined) throw await whyNotStarted(place, id, worker, exitCode, looks);
    // One that would come too late must not begin with anything.
    if (clock.monotonic() > giveUpAt) endBeforeItBegins(worker);
    await clock.sleep(START_POLL_MS);
  }
}

function endBeforeItBegins({ pid }: StartedWorker): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // Ignore: it ended by itself, and its exit code says so.
  }
}

/** Worker that has not ended, seen from this process. */
export interface Worker {
  readonly pid: number;
  readonly sight: Sight;
}

/** The worker that this record names; undefined once it has ended. */
export async function findWorker(
  home: string,
  request: Pick<OperationRequest, 'id' | 'kind' | 'serverId'>,
  record: WorkerRecord,
): Promise<Worker | undefined> {
  const { pid, startedAt, place, kernelLock } = record;
  const { id } = request;
  const holder = { pid, startedAt, place, kernelLock };
  const sight = await sightOf(holder, journalPath(home, id));
  if (sight === undefined) return undefined;
  if (sight === 'unknown' && !(await holdsLock(lockPathOf(home, request), record)))
    return undefined;
  return { pid, sight };
}

/** State of the worker for `foldJournal`. */
export function livenessOfWorker(worker: Worker | undefined): Liveness {
  if (worker === undefined) return 'gone';
  return worker.sight === 'unknown' ? 'unseen' : 'alive';
}

/** Resolves once no worker of the operation is seen any more, and after 10 s at the latest. */
export async function untilWorkerEnded(
  clock: Clock,
  look: () => Promise<SeenWorker | undefined>,
): Promise<void> {
  const giveUpAt = clock.monotonic() + END_TIMEOUT_MS;
  while (clock.monotonic() < giveUpAt) {
    if ((await look())?.worker?.sight !== 'here') return;
    await clock.sleep(START_POLL_MS);
  }
}

/** A worker has its lock for as long as it lives; a person may take it away. */
async function holdsLock(lockPath: string, { pid, startedAt }: WorkerRecord): Promise<boolean> {
  const holder = await findLockHolder(lockPath);
  return holder?.pid === pid && (holder.startedAt ?? '') === startedAt;
}

async function whyNotStarted(
  place: Place,
  id: string,
  worker: StartedWorker,
  exitCode: number,
  looks: WorkerLooks,
): Promise<ProvisioningError> {
  const holder = await findLockHolder(place.lockPath);
  if (holder !== undefined && holder.pid !== worker.pid)
    return await explainBusy(place, holder, looks, id);
  const [said = '', hint] = worker.lastWords().trim().split(/\n\s*/);
  const fallback =
    exitCode === KILLED ? 'it did not start in time.' : `it ended with code ${exitCode}.`;
  return new ProvisioningError({
    code: 'worker-not-started',
    message: `The provisioning process could not be started: ${said.replace(new RegExp(`^${PROGRAM}: `), '') || fallback}`,
    hint: hint ?? 'Start the program with --log FILE and look there for the reason.',
  });
}

/** Adds the holder's current work when it is one of our workers; `ownId` is the operation that was refused. */
async function explainBusy(
  { lockPath, clock }: Place,
  holder: LockHolder,
  looks: WorkerLooks,
  ownId?: string,
): Promise<ProvisioningError> {
  const giveUpAt = clock.monotonic() + FIRST_RECORD_MS;
  for (;;) {
    const all = (await looks.lookAtAll()).filter(({ operation }) => operation.id !== ownId);
    const held = all.find(({ worker }) => worker?.pid === holder.pid)?.operation;
    if (held !== undefined)
      return inProgress(holder, lockPath, { label: held.request.label, id: held.id });
    const isOneStarting = all.some((each) => each.workerRecord === undefined);
    if (!isOneStarting || clock.monotonic() > giveUpAt) return inProgress(holder, lockPath);
    await clock.sleep(START_POLL_MS);
  }
}
