import { join } from 'node:path';
import type { Clock } from '../../../core/time.js';
import { type KernelLock, lockByKernel } from '../../files/kernel-lock.js';
import { removeAbandoned } from '../../files/atomic.js';
import type { Redactor } from '../../log/redactor.js';
import { ownPlace, processStartOf } from '../../process/identity.js';
import { serverFolder } from '../../registry/server-files.js';
import { ProvisioningError, unknownOperation } from '../errors.js';
import { foldJournal } from '../journal/fold.js';
import { readHistory } from '../journal/journal-tail.js';
import { type Journal, journalPath, openJournal, operationFolder } from '../journal/journal.js';
import { deadline } from './deadline.js';
import { lockPathOf, takeLock } from './lock.js';
import { requireResumable } from './resumable.js';
import { cleanUpOperation, type Outcome, runOperation } from './run.js';
import {
  isUpkeep,
  type JournalRecord,
  type ProvisionRequest,
  type UpkeepRequest,
  type WorkerRecord,
} from '../journal/records.js';
import type { ProvisioningPorts, StepOutputs } from './step.js';
import { dropUpkeep, type EndUpkeep, type PerformUpkeep, runUpkeep } from './upkeep.js';

/** Limit for the account's answer: an API that is silent is found out about later. */
const ACCOUNT_LIMIT_MS = 10_000;

export type WorkerMode = 'run' | 'cleanup';

export interface WorkerOptions extends JournalPorts {
  readonly home: string;
  readonly operationId: string;
  readonly mode: WorkerMode;
  /** Gets the request, since the journal says which API the operation is about. */
  readonly buildPorts: (request: ProvisionRequest) => Promise<ProvisioningPorts>;
  readonly performUpkeep: PerformUpkeep;
  readonly endUpkeep: EndUpkeep;
  /** Aborted by SIGTERM: cancels. */
  readonly signal: AbortSignal;
}

interface JournalPorts {
  readonly clock: Clock;
  readonly redactor: Redactor;
}

/**
 * One operation from where its journal ends, in this process, under its lock.
 * Rejects with `provisioning-in-progress` or `server-busy`, and without a record, when another one has that, and with `journal-lost` when
 * it ended but the journal could not be written to its end.
 */
export async function runWorker(options: WorkerOptions): Promise<Outcome> {
  const { home, operationId } = options;
  const read = async () => (await readHistory(journalPath(home, operationId))) ?? [];
  const request = (await read()).find((record) => record.event === 'operation')?.request;
  if (request === undefined) throw unknownOperation(operationId);
  const lock = await takeLock(lockPathOf(home, request));
  try {
    const history = await read();
    if (options.mode === 'run') requireResumable(foldJournal(history, 'gone'), operationId);
    await removeAbandoned(home);
    await removeAbandoned(operationFolder(home, operationId));
    await removeAbandoned(join(home, 'servers'));
    await removeAbandoned(serverFolder(home, request.serverId));
    return isUpkeep(request)
      ? await keepUp(request, history, options)
      : await provision(request, history, options);
  } finally {
    await lock.release();
  }
}

async function provision(
  request: ProvisionRequest,
  history: readonly JournalRecord[],
  options: WorkerOptions,
): Promise<Outcome> {
  const { mode, buildPorts, signal } = options;
  const ports = await buildPorts(request);
  await requireSameAccount(ports, history);
  return await inJournal(options, async (journal) => {
    const engine = { ports, request, journal, history };
    return mode === 'run' ? await runOperation(engine, signal) : await cleanUpOperation(engine);
  });
}

async function keepUp(
  request: UpkeepRequest,
  history: readonly JournalRecord[],
  options: WorkerOptions,
): Promise<Outcome> {
  const { mode, performUpkeep, endUpkeep, signal } = options;
  return await inJournal(options, async (journal) => {
    const run = { request, history, journal, signal };
    return mode === 'run'
      ? await runUpkeep(run, performUpkeep, endUpkeep)
      : await dropUpkeep(run, endUpkeep);
  });
}

/** Opens the journal, and says in it that this worker took the operation up. */
async function inJournal(
  { home, operationId, mode, clock, redactor }: WorkerOptions,
  work: (journal: Journal) => Promise<Outcome>,
): Promise<Outcome> {
  const path = journalPath(home, operationId);
  const journal = await openJournal(path, clock, redactor, { forWorker: true });
  // Lock before writing the record: its readers may query the lock.
  const kernelLock = await lockByKernel(path);
  try {
    await journal.write({ event: 'worker', ...(await ownMarks(kernelLock)), mode });
    return await work(journal);
  } finally {
    await journal.close();
    kernelLock?.release();
  }
}

/** Tells this process from every other one, in this container and in others. */
async function ownMarks(
  kernelLock: KernelLock | undefined,
): Promise<Pick<WorkerRecord, 'pid' | 'startedAt' | 'place' | 'kernelLock'>> {
  const place = ownPlace();
  return {
    pid: process.pid,
    startedAt: (await processStartOf(process.pid)) ?? '',
    ...(place === undefined ? {} : { place }),
    ...(kernelLock === undefined ? {} : { kernelLock: kernelLock.mark }),
  };
}

/**
 * With a token of another team nothing of the operation can be seen: it would seem to be gone while it costs money.
 * Rejects with `other-account` when that is certain; an API that does not answer is found out about later.
 */
async function requireSameAccount(
  { api, clock }: ProvisioningPorts,
  history: readonly JournalRecord[],
): Promise<void> {
  const begunIn = readAccount(history);
  if (begunIn === undefined) return;
  const limit = deadline(clock, ACCOUNT_LIMIT_MS);
  const account = await api.getAccount(limit.signal).catch(() => undefined);
  limit.dispose();
  if (account === undefined) return;
  const team = account.teamId ?? null;
  const isSame =
    begunIn.team === null || team === null
      ? account.email === begunIn.email
      : team === begunIn.team;
  if (isSame) return;
  throw new ProvisioningError({
    code: 'other-account',
    message: `The token belongs to another team than the one this operation was begun in (${begunIn.email}).`,
    hint: 'Use a token of that team: with this one nothing of the operation can be seen or removed.',
  });
}

function readAccount(history: readonly JournalRecord[]): StepOutputs['validate_token'] | undefined {
  const done = history.find(
    (record) =>
      record.event === 'step' && record.step === 'validate_token' && record.status === 'done',
  );
  return done === undefined
    ? undefined
    : (done as unknown as { readonly data: StepOutputs['validate_token'] }).data;
}
