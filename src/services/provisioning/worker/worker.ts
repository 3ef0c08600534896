import { join } from 'node:path';
import { type KernelLock, lockByKernel } from '../../files/kernel-lock.js';
import { removeAbandoned } from '../../files/atomic.js';
import { ownPlace, processStartOf } from '../../process/identity.js';
import { serverFolder } from '../../registry/server-files.js';
import { ProvisioningError, unknownOperation } from '../errors.js';
import { foldJournal } from '../journal/fold.js';
import { readHistory } from '../journal/journal-tail.js';
import { journalPath, openJournal } from '../journal/journal.js';
import { deadline } from './deadline.js';
import { takeProvisioningLock } from './lock.js';
import { requireResumable } from './resumable.js';
import { cleanUpOperation, type Outcome, runOperation } from './run.js';
import type { JournalRecord, OperationRequest, WorkerRecord } from '../journal/records.js';
import type { ProvisioningPorts, StepOutputs } from './step.js';

/** Limit for the account's answer: an API that is silent is found out about later. */
const ACCOUNT_LIMIT_MS = 10_000;

export type WorkerMode = 'run' | 'cleanup';

export interface WorkerOptions {
  readonly home: string;
  readonly operationId: string;
  readonly mode: WorkerMode;
  /** Gets the request, since the journal says which API the operation is about. */
  readonly buildPorts: (request: OperationRequest) => Promise<ProvisioningPorts>;
  /** Aborted by SIGTERM: cancels. */
  readonly signal: AbortSignal;
}

/**
 * One operation from where its journal ends, in this process, under the provisioning lock.
 * Rejects with `provisioning-in-progress` and without a record when another one runs, and with `journal-lost` when
 * it ended but the journal could not be written to its end.
 */
export async function runWorker(options: WorkerOptions): Promise<Outcome> {
  const { home, operationId } = options;
  const lock = await takeProvisioningLock(home);
  try {
    const history = (await readHistory(journalPath(home, operationId))) ?? [];
    const request = history.find((record) => record.event === 'operation')?.request;
    if (request === undefined) throw unknownOperation(operationId);
    if (options.mode === 'run') requireResumable(foldJournal(history, 'gone'), operationId);
    await removeAbandoned(home);
    await removeAbandoned(join(home, 'servers'));
    await removeAbandoned(serverFolder(home, request.serverId));
    return await workOn(request, history, options);
  } finally {
    await lock.release();
  }
}

async function workOn(
  request: OperationRequest,
  history: readonly JournalRecord[],
  { home, operationId, mode, buildPorts, signal }: WorkerOptions,
): Promise<Outcome> {
  const ports = await buildPorts(request);
  await requireSameAccount(ports, history);
  const path = journalPath(home, operationId);
  const journal = await openJournal(path, ports.clock, ports.redactor, { reserve: true });
  // Lock before writing the record: its readers may query the lock.
  const kernelLock = await lockByKernel(path);
  try {
    await journal.write({ event: 'worker', ...(await ownMarks(kernelLock)), mode });
    const engine = { ports, request, journal, history };
    return mode === 'run' ? await runOperation(engine, signal) : await cleanUpOperation(engine);
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
