import { join } from 'node:path';
import type { Clock } from '../../core/time.js';
import { makePrivateFolder, writeFileAtomic } from '../files/atomic.js';
import { withLockFile } from '../files/lock-file.js';
import { readPrivateFile } from '../files/private-file.js';
import { isUpkeep } from './journal/records.js';
import type { Operation, PastOperation } from './operations.js';

/** Kept ones; the oldest go first. */
const MOST = 500;

/** Adds an ended operation to the history, before its record is dropped. */
export async function keepPast(home: string, clock: Clock, operation: Operation): Promise<void> {
  await makePrivateFolder(home);
  await withLockFile(join(home, '.operations.lock'), clock, async () => {
    const others = (await read(home)).filter(({ id }) => id !== operation.id);
    const lines = [...others, pastOf(operation)].slice(-MOST).map((past) => JSON.stringify(past));
    await writeFileAtomic(pathOf(home), `${lines.join('\n')}\n`);
  });
}

/** Newest first. */
export async function listPast(home: string): Promise<readonly PastOperation[]> {
  return (await read(home)).toReversed();
}

function pastOf({ id, request, cancelled, status, ...operation }: Operation): PastOperation {
  const { serverId, label, region, kind } = request;
  const size = isUpkeep(request) ? undefined : request.size;
  const end = status === 'succeeded' ? 'succeeded' : cancelled ? 'cancelled' : 'failed';
  const { startedAt, endedAt, error } = operation;
  const reason = end === 'failed' ? error?.message : undefined;
  const steps = end === 'succeeded' ? lengthsOf(operation.steps) : undefined;
  return { id, serverId, label, region, size, kind, end, startedAt, endedAt, reason, steps };
}

function lengthsOf(steps: Operation['steps']): PastOperation['steps'] {
  const lengths = steps.flatMap(({ id, startedAt, endedAt }) =>
    startedAt === undefined || endedAt === undefined ? [] : [[id, endedAt - startedAt]],
  );
  return Object.fromEntries(lengths) as PastOperation['steps'];
}

function pathOf(home: string): string {
  return join(home, 'operations.ndjson');
}

/** Oldest first; a line that is not one of ours is passed over. */
async function read(home: string): Promise<readonly PastOperation[]> {
  const content = await readPrivateFile(pathOf(home));
  return (content?.toString() ?? '').split('\n').flatMap((line) => parse(line));
}

function parse(line: string): PastOperation[] {
  try {
    const past = JSON.parse(line) as Partial<PastOperation> | null;
    const texts = [past?.id, past?.serverId, past?.label, past?.region, past?.end];
    const isPast = texts.every((text) => typeof text === 'string');
    return isPast && typeof past?.startedAt === 'number' ? [past as PastOperation] : [];
  } catch {
    return [];
  }
}
