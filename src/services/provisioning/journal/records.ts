import type { Hint } from '../../../core/hint.js';
import type { DnsFacts } from '../../dns/server-records.js';
import type { ServerEntry } from '../../registry/registry.js';
import type { DnsLook, InstallTask } from '../../panel/set-up-facts.js';
import type { AnyStepId } from '../steps/index.js';

/** Request for an operation. Holds nothing secret: it is the journal's first record. */
export type OperationRequest = ProvisionRequest | UpkeepRequest;

interface RequestBase {
  /** 16 hex digits; in the droplet's tag, the key's name and the folder's name. */
  readonly id: string;
  /** UUID of the server entry, to be for a provisioning. */
  readonly serverId: string;
  readonly label: string;
  /** Region slug; empty for a server whose region is not known. */
  readonly region: string;
  /** Base URL of DigitalOcean's API, so that a resumed run asks the same one. */
  readonly apiUrl: string;
}

/** Work on a server that exists. */
export type UpkeepRequest = RequestBase & UpkeepWork;

export type UpkeepWork =
  | {
      readonly kind: 'onboard';
      readonly domainName: string;
      /** Address that the names must lead to. */
      readonly address: string;
      /** Starts a run of the installation again that failed before: the person agreed. */
      readonly again: boolean;
      /** Longest wait for DNS, ms. */
      readonly dnsWaitMs: number;
    }
  | {
      readonly kind: 'update';
      /** Version of the installer. */
      readonly version: string;
      /** Version of the panel when it was ordered. */
      readonly before?: string | undefined;
    }
  | { readonly kind: 'renew' }
  | { readonly kind: 'bind' }
  | {
      readonly kind: 'recover';
      /** Logs in with a key of the person's, or with one made here that a line on the console lets in. */
      readonly way: 'own-key' | 'console';
      /** Public key of the person's whose private half is tried first. */
      readonly keyFile?: string | undefined;
    };

/** Request for a server. */
export interface ProvisionRequest extends RequestBase {
  readonly kind?: undefined;
  readonly size: string;
  readonly image: string;
  /** Name that the account has here; left out where the token was the environment's. */
  readonly account?: string | undefined;
  /** The domain that was asked for. */
  readonly domain?: RequestedDomain | undefined;
  /** Public keys of the person that stay on the droplet. */
  readonly sshKeys?: readonly RequestedSshKey[] | undefined;
  /** An npm spec or the absolute path of a .tgz. */
  readonly installer: string;
}

/** True for work on a server that exists; a provisioning makes one. */
export function isUpkeep(request: OperationRequest): request is UpkeepRequest {
  return request.kind !== undefined;
}

export interface RequestedSshKey {
  /** `ssh-ed25519 AAAA…` */
  readonly line: string;
  /** `SHA256:…` */
  readonly sha256: string;
  /** Path of the public key's file here. */
  readonly file?: string | undefined;
}

export interface RequestedDomain {
  /** `lab.example.com` */
  readonly name: string;
  /** Domain of the account that its records are made in; left out for one that is kept elsewhere. */
  readonly zone?: string | undefined;
  /** Name here of the account that has the zone, where the server is made in another. */
  readonly account?: string | undefined;
  /** Records that answer for the name are replaced. */
  readonly override?: boolean | undefined;
  /** E-mail address for its certificates, kept for the set-up. */
  readonly email?: string | undefined;
}

/**
 * Resource in the account, on the disk or in the store that a run made and must remove when it
 * fails.
 */
export interface Resource {
  readonly kind:
    | 'droplet'
    | 'ssh-key'
    | 'host-key'
    | 'tag'
    | 'dns-records'
    | 'credential'
    | 'file'
    | 'keychain-identity'
    | 'server-entry';
  /** DigitalOcean's id, the path, or the name. */
  readonly id: string;
  /** USD a month while it exists; 0 for what is free. */
  readonly monthlyUsd: number;
  /** Instructions to remove it by hand. */
  readonly removeBy: Hint;
  /** The program itself has no way to remove it any more. */
  readonly byHand?: boolean;
}

/** JSON values of a step's output, kept for resume and rollback. Never a secret. */
export type StepData = { readonly [key: string]: string | number | boolean | null };

/** Record of the journal: one JSON object a line. `at` is epoch milliseconds. */
export type JournalRecord = { readonly at: number } & JournalEntry;

export type JournalEntry =
  | { readonly event: 'operation'; readonly request: OperationRequest }
  /** A worker took the operation up; a later one of these means a resumed run. */
  | {
      readonly event: 'worker';
      readonly pid: number;
      /** Tells the process from a later one with the same id. */
      readonly startedAt: string;
      /** Place where its process id is valid; see `ownPlace`. */
      readonly place?: string;
      /** Mark of its lock on the journal; see `KernelLock`. */
      readonly kernelLock?: string;
      readonly mode: 'run' | 'cleanup';
    }
  | { readonly event: 'step'; readonly step: AnyStepId; readonly status: 'running' }
  | {
      readonly event: 'step';
      readonly step: AnyStepId;
      readonly status: 'done';
      readonly data: StepData;
    }
  /** Progress inside a step: the installer's own steps; `offset` is the position in the droplet's log. */
  | {
      readonly event: 'substep';
      readonly step: AnyStepId;
      readonly name: string;
      readonly status: 'running' | 'complete' | 'skipped' | 'failed';
      readonly offset?: number;
    }
  | {
      readonly event: 'log';
      readonly step: AnyStepId;
      readonly text: string;
      readonly offset?: number;
      readonly tone?: 'ok' | 'warn';
    }
  /**
   * Reason for a wait: `DigitalOcean is rate limiting, next try in 8 s`. Shown until the next
   * record of the step.
   */
  | {
      readonly event: 'waiting';
      readonly step: AnyStepId;
      readonly text: string;
      readonly untilMs?: number;
    }
  | {
      readonly event: 'error';
      readonly step: AnyStepId;
      readonly code: string;
      readonly message: string;
      readonly hint?: Hint;
      /** True when nothing is undone for it: the operation is interrupted. */
      readonly resumable?: boolean;
    }
  /** Work for the person, with a line to copy. */
  | {
      readonly event: 'instruct';
      readonly step: AnyStepId;
      readonly title: string;
      readonly lines: readonly string[];
      readonly url?: string | undefined;
      readonly copy: string;
      readonly after: readonly string[];
    }
  /** A look at the names of a domain that found something else than the one before. */
  | { readonly event: 'names'; readonly look: DnsLook }
  /** A look that found the same. */
  | { readonly event: 'looked' }
  /** The tasks of the panel's installation. */
  | { readonly event: 'tasks'; readonly tasks: readonly InstallTask[] }
  /** The records of the domain, before each change of them. */
  | { readonly event: 'dns'; readonly facts: DnsFacts }
  | { readonly event: 'cancel' }
  /** The machine's clock was set by so much, or the machine slept: what `at` was before is that much too small. */
  | { readonly event: 'clock'; readonly byMs: number }
  /** One thing that the clean-up removed, or could not. */
  | {
      readonly event: 'rollback';
      readonly resource: Resource;
      readonly status: 'running' | 'removed' | 'absent' | 'failed';
      readonly reason?: string;
    }
  /** The clean-up is over; what it could not remove. */
  | { readonly event: 'rolled-back'; readonly leftovers: readonly Resource[] }
  /** Everything is done: the entry of servers.json; journals of version 0.1.0 hold only the summary. */
  | {
      readonly event: 'complete';
      readonly server: ServerSummary & Partial<ServerEntry>;
      /** Facts that only this kind of operation has. Never a secret. */
      readonly facts?: StepData;
      /** Resources that the last step could not remove; the server is usable. */
      readonly leftovers: readonly Resource[];
    };

export type WorkerRecord = Extract<JournalRecord, { event: 'worker' }>;

/** Progress is cheap to lose and comes by the hundred; everything else must survive a power loss. */
export function isLasting({ event }: JournalEntry): boolean {
  return !PASSING.has(event);
}

const PASSING: ReadonlySet<JournalEntry['event']> = new Set([
  'log',
  'waiting',
  'substep',
  'clock',
  'names',
  'looked',
  'tasks',
]);

/** True for the last record of a journal. */
export function isEnd({ event }: JournalEntry): boolean {
  return event === 'rolled-back' || event === 'complete';
}

export interface ServerSummary {
  readonly id: string;
  readonly label: string;
  readonly panelUrl: string;
  readonly ip: string;
  readonly region?: string | undefined;
  readonly providerId?: string | undefined;
}
