import type { Clock } from '../../core/time.js';
import { isSameProcessAlive } from '../process/identity.js';
import { ProvisioningError } from './errors.js';
import { journalPath, listOperationIds, readJournal } from './journal.js';
import { findLockHolder, inProgress, type LockHolder } from './lock.js';
import type { JournalRecord } from './records.js';

/** So long may it take until a worker has written its first record. */
export const START_TIMEOUT_MS = 20_000;
const START_POLL_MS = 20;
/** 128 and the number of SIGKILL. */
const KILLED = 137;

/** A worker process as seen from its starter: all it says comes through the journal. */
export interface StartedWorker {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** The exit code once it has ended; 128 + n after signal n. */
  exitCode(): number | undefined;
  /** What it said on standard error; nothing secret is ever in it. */
  lastWords(): string;
}

/** Rejects with `provisioning-in-progress` while another process provisions, in this program or in another. */
export async function refuseWhileBusy(home: string): Promise<void> {
  const holder = await findLockHolder(home);
  if (holder !== undefined) throw await explainBusy(home, holder);
}

/** Resolves once this worker has written its first record. Rejects with why it did not. */
export async function untilTakenUp(
  options: { readonly home: string; readonly clock: Clock },
  id: string,
  worker: StartedWorker,
): Promise<void> {
  const { home, clock } = options;
  const giveUpAt = clock.monotonic() + START_TIMEOUT_MS;
  for (;;) {
    // Asked first: what it wrote before it ended is there by then.
    const exitCode = worker.exitCode();
    const records = (await readJournal(journalPath(home, id))) ?? [];
    if (records.some((record) => record.event === 'worker' && record.pid === worker.pid)) return;
    if (exitCode !== undefined) throw await whyNotStarted(home, worker, exitCode);
    // One that would come too late must not begin with anything.
    if (clock.monotonic() > giveUpAt) endBeforeItBegins(worker);
    await clock.sleep(START_POLL_MS);
  }
}

function endBeforeItBegins({ pid }: StartedWorker): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself, and its exit code says so.
  }
}

/** The process id of the living worker of these records. */
export async function findWorker(records: readonly JournalRecord[]): Promise<number | undefined> {
  const worker = records.findLast((record) => record.event === 'worker');
  if (worker === undefined) return undefined;
  return (await isSameProcessAlive(worker.pid, worker.startedAt)) ? worker.pid : undefined;
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
    message: `The provisioning process could not be started: ${said.replace(/^portlama-tui: /, '') || fallback}`,
    hint: hint ?? 'Start the program with --log FILE and look there for the reason.',
  });
}

/** With what the holder is doing, when it is one of our workers. */
async function explainBusy(home: string, holder: LockHolder): Promise<ProvisioningError> {
  for (const id of await listOperationIds(home)) {
    const records = (await readJournal(journalPath(home, id))) ?? [];
    if ((await findWorker(records)) !== holder.pid) continue;
    const label = records.find((record) => record.event === 'operation')?.request.label;
    if (label !== undefined) return inProgress(holder, `${label}, operation ${id}`);
  }
  return inProgress(holder);
}
