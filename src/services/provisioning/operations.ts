import type { Hint } from '../../core/hint.js';
import type { Disposable } from '../../core/lifecycle.js';
import type { ServerEntry } from '../registry/registry.js';
import type { Liveness } from '../process/identity.js';
import type {
  JournalRecord,
  OperationRequest,
  RequestedDomain,
  RequestedSshKey,
  Resource,
  ServerSummary,
  StepData,
  UpkeepWork,
} from './journal/records.js';
import type { AnyStepId, UpkeepKind } from './steps/index.js';

/** Choices made in the wizard. */
export interface ProvisionChoice {
  readonly label: string;
  /** Region slug. */
  readonly region: string;
  /** Size slug. */
  readonly size: string;
  /** Name that the account of the token has here; left out for the environment's. */
  readonly account?: string | undefined;
  readonly domain?: RequestedDomain | undefined;
  readonly sshKeys?: readonly RequestedSshKey[] | undefined;
}

export type OperationStatus =
  /** Its worker lives. */
  | 'running'
  /** Removes its resources in a living worker. */
  | 'cleaning-up'
  /** No worker, and the journal has no end: this machine or the worker died. */
  | 'interrupted'
  /** Its worker is in another container or on another machine: it may live or not. */
  | 'out-of-sight'
  /** Failed or cancelled, everything removed. */
  | 'failed'
  /** Failed or cancelled, something is left. */
  | 'failed-with-leftovers'
  | 'succeeded';

export interface OperationStep {
  readonly id: AnyStepId;
  readonly status: 'pending' | 'running' | 'done' | 'failed';
  /** Epoch milliseconds. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
}

export interface OperationSubstep {
  readonly name: string;
  readonly status: 'running' | 'complete' | 'skipped' | 'failed';
}

export interface OperationError {
  readonly step: AnyStepId;
  readonly code: string;
  readonly message: string;
  readonly hint: Hint | undefined;
}

export interface RollbackItem {
  readonly resource: Resource;
  readonly status: 'running' | 'removed' | 'absent' | 'failed';
  readonly reason: string | undefined;
}

/** A journal, folded: everything a screen shows but the log lines. */
export interface Operation {
  readonly id: string;
  readonly request: OperationRequest;
  readonly status: OperationStatus;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly steps: readonly OperationStep[];
  /** The installer's own steps. */
  readonly substeps: readonly OperationSubstep[];
  readonly waiting: { readonly text: string; readonly untilMs: number | undefined } | undefined;
  readonly cancelled: boolean;
  readonly error: OperationError | undefined;
  /** True once the clean-up has begun: the operation cannot be resumed any more. */
  readonly cleanUpBegun: boolean;
  readonly rollback: readonly RollbackItem[];
  readonly leftovers: readonly Resource[];
  readonly server: ServerSummary | undefined;
  /** Facts that only this kind of operation has, once it succeeded. */
  readonly facts: StepData | undefined;
}

/** True while a worker of this machine continues it. */
export function isUnderWay({ status }: Pick<Operation, 'status'>): boolean {
  return status === 'running' || status === 'cleaning-up';
}

/** True while a worker has it, here or out of sight. */
export function isAtWork(operation: Pick<Operation, 'status'>): boolean {
  return isUnderWay(operation) || operation.status === 'out-of-sight';
}

/** Watches all operations. */
export interface OperationsListener {
  /** Called after each look, and at each change; newest first. An operation that did not change is the same object. */
  readonly onChange: (operations: readonly Operation[]) => void;
  readonly onError: (error: unknown) => void;
}

/** Follows one operation. */
export interface Follower {
  readonly onNews: (news: OperationNews) => void;
  readonly onError: (error: unknown) => void;
}

export type OperationNews =
  /** Each record once, in order; `fromStart` where the journal is read from its first record, perhaps again. */
  | {
      readonly kind: 'records';
      readonly records: readonly JournalRecord[];
      readonly fromStart: boolean;
    }
  /** Operation that all records add up to, after them; undefined once another program has forgotten it. */
  | {
      readonly kind: 'state';
      readonly operation: Operation | undefined;
      readonly worker: Liveness;
    };

/** Secret that a worker needs and that no store has: a token, or the cookie of a panel's second factor. */
export interface Handed {
  readonly token?: string | undefined;
  /** Token of the account that has the domain, where that is another. */
  readonly dnsToken?: string | undefined;
  readonly session?: string | undefined;
  /** The person's SSH agent may be asked. */
  readonly agent?: boolean | undefined;
}

/** Operations of this home folder, in whatever process they run. Calls reject with ProvisioningError. */
export interface Operations {
  /** Looks now: running, interrupted and failed ones, and those that succeeded and were not dismissed; newest first. */
  list(): Promise<readonly Operation[]>;
  get(id: string): Promise<Operation | undefined>;
  /** Looks at all every 2 s while one is under way, else every 10 s, until disposed. */
  watch(listener: OperationsListener): Disposable;
  /** Reports what there is, then what is new (records within 50 ms, the end of a worker within 2 s), until disposed. */
  follow(id: string, follower: Follower): Disposable;
  /**
   * Checks that no other one runs (`provisioning-in-progress`), writes the journal's first record and starts the
   * worker with the token in its environment. Resolves to the operation's id once the worker has taken it up.
   */
  start(choice: ProvisionChoice, token: string, dnsToken?: string): Promise<string>;
  /**
   * Like `start`, for work on a server that exists; rejects with `server-busy` while other work on it is under way.
   */
  startUpkeep(
    server: Pick<ServerEntry, 'id' | 'label' | 'region'>,
    work: UpkeepWork,
    handed: Handed,
  ): Promise<string>;
  /** Has a worker look at once at what it waits for. */
  wake(id: string): Promise<void>;
  /**
   * Asks the worker to stop and clean up; without a living worker starts one that cleans up. A server that is saved
   * already stays. Rejects with `nothing-to-clean-up` when nothing of it is left, and with `worker-elsewhere` when its
   * worker cannot be reached from here.
   */
  cancel(id: string, token: string, dnsToken?: string): Promise<void>;
  /**
   * Resources that `cancel` would remove, by the journal: some may never have been made. Changes nothing. Rejects with
   * `nothing-to-clean-up` as `cancel` does.
   */
  remains(id: string): Promise<readonly Resource[]>;
  /** Continues an interrupted one at the first step not done; rejects with why it cannot: its key is gone, for one. */
  resume(id: string, handed: Handed): Promise<void>;
  /** Drops the record of one that has ended with nothing left; a line of it stays in the history. */
  dismiss(id: string): Promise<void>;
  /** Those whose records were dropped, newest first. */
  past(): Promise<readonly PastOperation[]>;
  /** Resolves once no worker of it runs on this machine any more, and after 10 s at the latest. */
  workerEnd(id: string): Promise<void>;
}

/** Rest of a provisioning whose record was dropped. */
export interface PastOperation {
  readonly id: string;
  readonly serverId: string;
  readonly label: string;
  readonly region: string;
  /** Left out for work on a server that exists. */
  readonly size?: string | undefined;
  /** Kind of that work; a provisioning when left out. */
  readonly kind?: UpkeepKind | undefined;
  readonly end: 'succeeded' | 'failed' | 'cancelled';
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  /** Why it failed. */
  readonly reason: string | undefined;
  /** Length of each step of one that succeeded, ms. */
  readonly steps?: Readonly<Partial<Record<AnyStepId, number>>> | undefined;
}
