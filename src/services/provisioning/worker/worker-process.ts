import { stat } from 'node:fs/promises';
import { systemCodeOf } from '../../../core/errors.js';
import { PROGRAM } from '../../../core/product.js';
import type { Clock } from '../../../core/time.js';
import { type Sight, sightOf } from '../../files/kernel-lock.js';
import type { Liveness } from '../../process/identity.js';
import { ProvisioningError } from '../errors.js';
import { readHistory } from '../journal/history.js';
import { journalPath, listOperationIds } from '../journal/journal.js';
import { JournalTail, openToRead } from '../journal/journal-tail.js';
import { findLockHolder, inProgress, type LockHolder } from './lock.js';
import type { JournalRecord, WorkerRecord } from '../journal/records.js';

/** Time limit for a worker to write its first record. */
export const START_TIMEOUT_MS = 20_000;
const START_POLL_MS = 20;
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

/** Rejects with `provisioning-in-progress` while another process provisions, in this program or in another. */
export async function refuseWhileBusy(home: string): Promise<void> {
  const holder = await findLockHolder(home);
  if (holder !== undefined) throw await explainBusy(home, holder);
}

/** The size of a journal in bytes: what a worker that is started next writes comes after it. */
export async function sizeOfJournal(home: string, id: string): Promise<number> {
  return (await stat(journalPath(home, id)).catch(() => undefined))?.size ?? 0;
}

/**
 * Resolves once this worker has written its first record; `before` is the journal's size when it was started.
 * Rejects with why it did not.
 */
export async function untilTakenUp(
  options: { readonly home: string; readonly clock: Clock },
  id: string,
  worker: StartedWorker,
  before: number,
): Promise<void> {
  const { home, clock } = options;
  const said = new JournalTail({ offset: before });
  let isTakenUp = false;
  const handleRecords = (records: readonly JournalRecord[]): void => {
    isTakenUp ||= records.some((record) => record.event === 'worker' && record.pid === worker.pid);
  };
  const giveUpAt = clock.monotonic() + START_TIMEOUT_MS;
  for (;;) {
    // Asked first: what it wrote before it ended is there by then.
    const exitCode = worker.exitCode();
    await readOn(journalPath(home, id), said, handleRecords);
    if (isTakenUp) return;
    if (exitCode !== undefined) throw await whyNotStarted(home, worker, exitCode);
    // One that would come too late must not begin with anything.
    if (clock.monotonic() > giveUpAt) endBeforeItBegins(worker);
    await clock.sleep(START_POLL_MS);
  }
}

async function readOn(
  path: string,
  tail: JournalTail,
  listener: (records: readonly JournalRecord[]) => void,
): Promise<void> {
  const file = await openToRead(path).catch((error: unknown) => {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  });
  if (file === undefined) return;
  try {
    await tail.read(file, listener);
  } finally {
    await file.close();
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

/** The worker that the last of these records names; undefined once it has ended. */
export async function findWorker(
  home: string,
  id: string,
  records: readonly JournalRecord[],
): Promise<Worker | undefined> {
  const record = records.findLast((each) => each.event === 'worker');
  if (record === undefined) return undefined;
  const { pid, startedAt, place, kernelLock } = record;
  const holder = { pid, startedAt, place, kernelLock };
  const sight = await sightOf(holder, journalPath(home, id));
  if (sight === undefined) return undefined;
  if (sight === 'unknown' && !(await holdsLock(home, record))) return undefined;
  return { pid, sight };
}

/** State of the worker for `foldJournal`. */
export function livenessOfWorker(worker: Worker | undefined): Liveness {
  if (worker === undefined) return 'gone';
  return worker.sight === 'unknown' ? 'unseen' : 'alive';
}

/** Resolves once no worker of the operation is seen any more, and after 10 s at the latest. */
export async function untilWorkerEnded(home: string, clock: Clock, id: string): Promise<void> {
  const records = (await readHistory(journalPath(home, id))) ?? [];
  const giveUpAt = clock.monotonic() + END_TIMEOUT_MS;
  while (clock.monotonic() < giveUpAt) {
    if ((await findWorker(home, id, records))?.sight !== 'here') return;
    await clock.sleep(START_POLL_MS);
  }
}

/** A worker has the lock of the home folder for as long as it lives; a person may take it away. */
async function holdsLock(home: string, { pid, startedAt }: WorkerRecord): Promise<boolean> {
  const holder = await findLockHolder(home);
  return holder?.pid === pid && (holder.startedAt ?? '') === startedAt;
}

async function whyNotStarted(
  home: string,
  worker: StartedWorker,
  exitCode: number,
): Promise<ProvisioningError> {
  const holder = await findLockHolder(home);
  if (holder !== undefined && holder.pid !== worker.pid) return await explainBusy(home, holder);
  const [said = '', hint] = worker.lastWords().trim().split(/\n\s*/);
  const fallback =
    exitCode === KILLED ? 'it did not start in time.' : `it ended with code ${exitCode}.`;
  return new ProvisioningError({
    code: 'worker-not-started',
    message: `The provisioning process could not be started: ${said.replace(new RegExp(`^${PROGRAM}: `), '') || fallback}`,
    hint: hint ?? 'Start the program with --log FILE and look there for the reason.',
  });
}

/** Adds the holder's current work when it is one of our workers. */
async function explainBusy(home: string, holder: LockHolder): Promise<ProvisioningError> {
  for (const id of await listOperationIds(home)) {
    const records = (await readHistory(journalPath(home, id))) ?? [];
    if ((await findWorker(home, id, records))?.pid !== holder.pid) continue;
    const label = records.find((record) => record.event === 'operation')?.request.label;
    if (label !== undefined) return inProgress(holder, home, `${label}, operation ${id}`);
  }
  return inProgress(holder, home);
}
