import { DEFAULT_SIZE } from '../../../src/core/product.js';
import { type Disposable, toDisposable } from '../../../src/core/lifecycle.js';
import type { Liveness } from '../../../src/services/process/identity.js';
import { foldJournal } from '../../../src/services/provisioning/journal/fold.js';
import { Emitter, type Event } from '../../../src/core/event.js';
import {
  runUpkeep,
  type EndUpkeep,
  type PerformUpkeep,
  type UpkeepRun,
} from '../../../src/services/provisioning/worker/upkeep.js';
import type { ServerEntry } from '../../../src/services/registry/registry.js';
import type {
  Follower,
  Handed,
  Operation,
  Operations,
  OperationsListener,
  PastOperation,
  ProvisionChoice,
} from '../../../src/services/provisioning/operations.js';
import {
  isUpkeep,
  type JournalEntry,
  type JournalRecord,
  type OperationRequest,
  type Resource,
  type UpkeepRequest,
  type UpkeepWork,
} from '../../../src/services/provisioning/journal/records.js';
import type { StillClock } from './still-clock.js';

const API_URL = 'https://api.digitalocean.com/';

interface Kept {
  readonly records: JournalRecord[];
  readonly followers: Set<Follower>;
  shown: Operation | undefined;
  worker: Liveness;
  /** Ends work that is done in this process. */
  stop?: AbortController;
}

/** Journals in memory; the test writes what a worker would. */
export class FakeOperations implements Operations {
  private readonly kept = new Map<string, Kept>();
  private readonly listeners = new Set<OperationsListener>();
  pastOnes: readonly PastOperation[] = [];
  /** What was asked for, in order: `start fra1 edge`, `cancel op1`. */
  readonly calls: string[] = [];
  /** Tokens that workers got. */
  readonly tokens: string[] = [];
  /** Tokens of the accounts that have the domains. */
  readonly dnsTokens: (string | undefined)[] = [];
  /** Sessions that workers got. */
  readonly sessions: string[] = [];
  /** Work on servers, as a worker does it. */
  perform: ((run: UpkeepRun, onWake: Event<void>) => ReturnType<PerformUpkeep>) | undefined;
  /** Takes away what such work made, where it ends without success. */
  end: EndUpkeep | undefined;
  private begun = 0;
  private readonly woken = new Emitter<void>();
  /** The next start is refused with this. */
  startFailure: Error | undefined;
  /** Journals are read only after it: followers hear nothing before. */
  reading: Promise<void> | undefined;
  /** Reading one fails with this. */
  readFailure: Error | undefined;

  constructor(private readonly clock: StillClock) {}

  async list(): Promise<readonly Operation[]> {
    this.report();
    return this.shown();
  }

  async get(id: string): Promise<Operation | undefined> {
    return this.kept.get(id)?.shown;
  }

  async remains(id: string): Promise<readonly Resource[]> {
    return this.kept.get(id)?.shown?.leftovers ?? [];
  }

  watch(listener: OperationsListener): Disposable {
    this.listeners.add(listener);
    return toDisposable(() => this.listeners.delete(listener));
  }

  async start(choice: ProvisionChoice, token: string, dnsToken?: string): Promise<string> {
    const { region, label, size } = choice;
    const other = size === DEFAULT_SIZE ? '' : ` ${size}`;
    this.calls.push(`start ${region} ${label}${other}`);
    this.tokens.push(token);
    this.dnsTokens.push(dnsToken);
    if (this.startFailure !== undefined) throw this.startFailure;
    return this.add(choice);
  }

  /** A provisioning that some process has begun. */
  add({
    label,
    region,
    size = DEFAULT_SIZE,
    domain,
    account,
    sshKeys,
  }: Omit<ProvisionChoice, 'size'> & { readonly size?: string }): string {
    const id = `op${this.begun + 1}`;
    const request = {
      id,
      serverId: `server-of-${id}`,
      label,
      region,
      size,
      ...(domain === undefined ? {} : { domain }),
      ...(account === undefined ? {} : { account }),
      ...(sshKeys === undefined ? {} : { sshKeys }),
      image: 'ubuntu-24-04-x64',
      installer: '@lamalibre/create-portlama',
      apiUrl: API_URL,
    };
    this.open(id, request);
    return id;
  }

  private open(id: string, request: OperationRequest): void {
    this.begun += 1;
    this.kept.set(id, { records: [], followers: new Set(), shown: undefined, worker: 'alive' });
    this.write(id, { event: 'operation', request });
    this.write(id, { event: 'worker', pid: 4711, startedAt: '1', mode: 'run' });
  }

  /** What a worker writes now. */
  write(id: string, ...entries: readonly JournalEntry[]): void {
    const kept = this.require(id);
    const records = entries.map((entry) => ({ at: this.clock.now(), ...entry }));
    kept.records.push(...records);
    for (const { onNews } of kept.followers) onNews({ kind: 'records', records, fromStart: false });
    this.look(id);
  }

  /** The worker is gone without a word. */
  killWorker(id: string): void {
    this.require(id).worker = 'gone';
    this.look(id);
  }

  /** The worker is in another container, which this program sees nothing of. */
  hideWorker(id: string): void {
    this.require(id).worker = 'unseen';
    this.look(id);
  }

  follow(id: string, follower: Follower): Disposable {
    const { followers } = this.require(id);
    followers.add(follower);
    const tell = (): void => this.tellAll(id, follower);
    if (this.reading === undefined) tell();
    else void this.reading.then(tell);
    return toDisposable(() => followers.delete(follower));
  }

  private tellAll(id: string, { onNews, onError }: Follower): void {
    if (this.readFailure !== undefined) return onError(this.readFailure);
    const { records, shown, worker } = this.require(id);
    onNews({ kind: 'records', records: [...records], fromStart: true });
    onNews({ kind: 'state', operation: shown, worker });
  }

  followers(id: string): number {
    return this.require(id).followers.size;
  }

  async cancel(id: string, token: string, dnsToken?: string): Promise<void> {
    this.calls.push(`cancel ${id}`);
    const kept = this.require(id);
    if (kept.stop !== undefined) {
      kept.stop.abort();
      return;
    }
    this.tokens.push(token);
    this.dnsTokens.push(dnsToken);
    kept.worker = 'alive';
    this.write(id, { event: 'cancel' });
  }

  async resume(id: string, { token, dnsToken, session }: Handed): Promise<void> {
    this.calls.push(`resume ${id}`);
    if (token !== undefined) this.tokens.push(token);
    if (token !== undefined) this.dnsTokens.push(dnsToken);
    if (session !== undefined) this.sessions.push(session);
    this.require(id).worker = 'alive';
    this.write(id, { event: 'worker', pid: 4712, startedAt: '2', mode: 'run' });
    const { request } = this.require(id).shown!;
    if (isUpkeep(request)) this.work(id, request);
  }

  async startUpkeep(
    { id: serverId, label, region = '' }: Pick<ServerEntry, 'id' | 'label' | 'region'>,
    work: UpkeepWork,
    { session }: Handed,
  ): Promise<string> {
    this.calls.push(`start ${work.kind} ${label}`);
    if (session !== undefined) this.sessions.push(session);
    if (this.startFailure !== undefined) throw this.startFailure;
    const id = `op${this.begun + 1}`;
    const request = { id, serverId, label, region, apiUrl: API_URL, ...work };
    this.open(id, request);
    this.work(id, request);
    return id;
  }

  async wake(): Promise<void> {
    this.woken.fire();
  }

  /** Work that is done in this process is told to stop. */
  stop(id: string): void {
    this.require(id).stop?.abort();
  }

  /** The worker is killed, and nothing that it still does counts. */
  kill(id: string): void {
    this.require(id).stop?.abort();
    this.killWorker(id);
  }

  /** Works like a worker, in this process. */
  private work(id: string, request: UpkeepRequest): void {
    const stop = new AbortController();
    const kept = this.require(id);
    kept.stop = stop;
    const write = async (entry: JournalEntry): Promise<void> => {
      if (kept.worker === 'alive' && this.kept.get(id) === kept) this.write(id, entry);
    };
    const { signal } = stop;
    const options = { request, history: [...kept.records], journal: { write }, signal };
    const perform: PerformUpkeep = (run) => {
      if (this.perform === undefined) throw new Error('no test of this works on servers');
      return this.perform(run, this.woken.event);
    };
    void runUpkeep(options, perform, this.end).finally(() => {
      if (this.kept.get(id) === kept) this.killWorker(id);
    });
  }

  async dismiss(id: string): Promise<void> {
    this.calls.push(`dismiss ${id}`);
    this.kept.delete(id);
    this.report();
  }

  async past(): Promise<readonly PastOperation[]> {
    return this.pastOnes;
  }

  async workerEnd(id: string): Promise<void> {
    const kept = this.kept.get(id);
    if (kept?.stop === undefined) return;
    while (this.kept.get(id) === kept && kept.worker === 'alive')
      await new Promise((resolve) => setImmediate(resolve));
  }

  private look(id: string): void {
    const kept = this.require(id);
    kept.shown = foldJournal(kept.records, kept.worker);
    for (const { onNews } of kept.followers)
      onNews({ kind: 'state', operation: kept.shown, worker: kept.worker });
    this.report();
  }

  private report(): void {
    for (const { onChange } of this.listeners) onChange(this.shown());
  }

  private shown(): readonly Operation[] {
    return Array.from(this.kept.values(), ({ shown }) => shown)
      .filter((operation) => operation !== undefined)
      .reverse();
  }

  private require(id: string): Kept {
    const kept = this.kept.get(id);
    if (kept === undefined) throw new Error(`no operation ${id}`);
    return kept;
  }
}
