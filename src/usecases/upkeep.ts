import { PortlamaError } from '../core/errors.js';
import { type Disposable, DisposableStore, toDisposable } from '../core/lifecycle.js';
import type { DnsLook, InstallTask } from '../services/panel/set-up-facts.js';
import { isUpkeep, type JournalRecord } from '../services/provisioning/journal/records.js';
import {
  isUnderWay,
  type Operation,
  type OperationNews,
} from '../services/provisioning/operations.js';
import type { UpkeepKind } from '../services/provisioning/steps/index.js';
import { wayBackHint } from '../words/operations.js';
import type { Instruction } from '../words/question.js';
import type { OnboardingWatch } from './onboard-watch.js';
import type { Confirming } from './face.js';
import type { KeyWork, Work } from './work.js';

type UpkeepWork = Pick<Work, 'operations' | 'signal'> & { readonly face: Confirming };

/** The newest operation of this kind on a server; undefined where there is none. */
export async function findUpkeep(
  serverId: string,
  kind: UpkeepKind,
  { operations }: Pick<Work, 'operations'>,
): Promise<Operation | undefined> {
  const all = await operations.list();
  return all.find(({ request }) => request.kind === kind && request.serverId === serverId);
}

/** Stops an operation, and waits for the end of its worker. */
export async function stopUpkeep(
  { id }: Operation,
  { operations }: Pick<Work, 'operations'>,
): Promise<void> {
  await operations.cancel(id, '');
  await operations.workerEnd(id);
}

/** Ends the work on a server that is no longer in the list, and drops its records: nothing of it can be resumed. */
export async function dropUpkeeps(serverId: string, work: KeyWork): Promise<void> {
  for (const operation of await work.operations.list()) {
    const { id, request } = operation;
    if (!isUpkeep(request) || request.serverId !== serverId) continue;
    if (isUnderWay(operation)) await stopUpkeep(operation, work);
    await work.operations.dismiss(id);
    work.news({ kind: 'operation-dismissed', operationId: id });
  }
}

/**
 * Follows work on a server to its end, and tells the person what its worker says. Resolves to its end when that is
 * good; rejects with why it failed or stopped. Leaving stops only the following.
 */
export async function followUpkeep(
  id: string,
  work: UpkeepWork,
  watch?: OnboardingWatch,
): Promise<Operation> {
  const { operations, face } = work;
  const held = face.follow(wayBackHint(id), () => operations.cancel(id, ''));
  try {
    const end = await untilEnd(id, work, watch);
    // Resumable or not: a second worker needs the lock of this one.
    await operations.workerEnd(id);
    if (end instanceof PortlamaError) throw end;
    return end;
  } finally {
    held.dispose();
    face.progress(undefined);
  }
}

function untilEnd(
  id: string,
  { operations, face, signal }: UpkeepWork,
  watch: OnboardingWatch | undefined,
): Promise<Operation | PortlamaError> {
  signal.throwIfAborted();
  const teller = new Teller(face, watch);
  const left = new DisposableStore();
  left.add(toDisposable(() => teller.end()));
  return new Promise<Operation | PortlamaError>((resolve, reject) => {
    const handleAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', handleAbort, { once: true });
    left.add(toDisposable(() => signal.removeEventListener('abort', handleAbort)));
    const following = operations.follow(id, {
      onNews(news) {
        if (news.kind === 'records') teller.tell(news.records);
        else {
          const end = endOf(news, id);
          if (end !== undefined) resolve(end);
        }
      },
      onError: reject,
    });
    left.add(following);
  }).finally(() => left.dispose());
}

/** Undefined while it is under way. */
function endOf(
  { operation, worker }: Extract<OperationNews, { kind: 'state' }>,
  id: string,
): Operation | PortlamaError | undefined {
  if (operation?.status === 'succeeded') return operation;
  const { error, cleanUpBegun = false, endedAt } = operation ?? {};
  // One that can be resumed is written before its worker is gone.
  const hasStopped = error !== undefined && !cleanUpBegun;
  if (!hasStopped && endedAt === undefined && operation !== undefined && worker !== 'gone')
    return undefined;
  if (error !== undefined) return new PortlamaError(error);
  return new PortlamaError({
    code: 'upkeep-interrupted',
    message: 'The process was ended before its work was done.',
    hint: { command: 'operations.resume', id },
  });
}

/** Tells the person what a worker writes. */
class Teller {
  private look: DnsLook | undefined;
  private shown: Disposable | undefined;

  constructor(
    private readonly face: Confirming,
    private readonly watch: OnboardingWatch | undefined,
  ) {}

  /** The person has done what was shown, or the work has ended. */
  end(): void {
    this.shown?.dispose();
    this.shown = undefined;
  }

  private instruct(instruction: Instruction): void {
    this.end();
    this.shown = this.face.instruct(instruction);
  }

  /** Keep the last of several looks and states that come at once. */
  tell(records: readonly JournalRecord[]): void {
    const { face, watch } = this;
    let look: DnsLook | undefined;
    let tasks: readonly InstallTask[] | undefined;
    for (const record of records) {
      if (record.event === 'step') this.end();
      if (record.event === 'log') face.say(record.text, record.tone);
      if (record.event === 'instruct') this.instruct(record);
      if (record.event === 'waiting') face.progress(record.text);
      if (record.event === 'names') look = this.look = record.look;
      if (record.event === 'looked' && this.look !== undefined)
        look = this.look = { ...this.look, at: record.at };
      if (record.event === 'tasks') tasks = record.tasks;
    }
    if (tasks !== undefined) watch?.report({ part: 'install', tasks });
    else if (look !== undefined) watch?.report({ part: 'dns', dns: look });
  }
}
