import type { Disposable } from '../../../src/core/lifecycle.js';
import { toDisposable } from '../../../src/core/lifecycle.js';
import type { Liveness } from '../../../src/services/process/identity.js';
import { foldJournal } from '../../../src/services/provisioning/journal/fold.js';
import type {
  Operation,
  Operations,
  ProvisionChoice,
} from '../../../src/services/provisioning/operations.js';
import type {
  JournalEntry,
  JournalRecord,
} from '../../../src/services/provisioning/journal/records.js';
import type { StillClock } from './still-clock.js';

type Listener = (records: readonly JournalRecord[], live: boolean) => void;
interface Kept {
  readonly records: JournalRecord[];
  readonly listeners: Set<Listener>;
  worker: Liveness;
}

/** Journals in memory; the test writes what a worker would. */
export class FakeOperations implements Operations {
  private readonly kept = new Map<string, Kept>();
  /** What was asked for, in order: `start fra1 edge`, `cancel op1`. */
  readonly calls: string[] = [];
  /** Tokens that workers got. */
  readonly tokens: string[] = [];
  /** The next start is refused with this. */
  startFailure: Error | undefined;

  constructor(private readonly clock: StillClock) {}

  async list(): Promise<readonly Operation[]> {
    const operations = [...this.kept.keys()].map((id) => this.fold(id));
    return operations.filter((operation) => operation !== undefined).reverse();
  }

  async get(id: string): Promise<Operation | undefined> {
    return this.fold(id);
  }

  async start(choice: ProvisionChoice, token: string): Promise<string> {
    this.calls.push(`start ${choice.region} ${choice.label}`);
    this.tokens.push(token);
    if (this.startFailure !== undefined) throw this.startFailure;
    return this.add(choice);
  }

  /** A provisioning that some process has begun. */
  add({ label, region }: ProvisionChoice): string {
    const id = `op${this.kept.size + 1}`;
    this.kept.set(id, { records: [], listeners: new Set(), worker: 'alive' });
    const request = {
      id,
      serverId: `server-of-${id}`,
      label,
      region,
      size: 's-1vcpu-512mb-10gb',
      image: 'ubuntu-24-04-x64',
      installer: '@lamalibre/create-portlama',
      apiUrl: 'https://api.digitalocean.com/',
    };
    this.write(id, { event: 'operation', request });
    this.write(id, { event: 'worker', pid: 4711, startedAt: '1', mode: 'run' });
    return id;
  }

  /** What a worker writes now. */
  write(id: string, ...entries: readonly JournalEntry[]): void {
    const kept = this.require(id);
    const records = entries.map((entry) => ({ at: this.clock.now(), ...entry }));
    kept.records.push(...records);
    for (const listener of kept.listeners) listener(records, true);
  }

  /** The worker is gone without a word. */
  killWorker(id: string): void {
    this.require(id).worker = 'gone';
  }

  /** The worker is in another container, which this program sees nothing of. */
  hideWorker(id: string): void {
    this.require(id).worker = 'unseen';
  }

  follow(id: string, listener: Listener): Disposable {
    const { records, listeners } = this.require(id);
    listeners.add(listener);
    listener([...records], false);
    return toDisposable(() => listeners.delete(listener));
  }

  followers(id: string): number {
    return this.require(id).listeners.size;
  }

  async cancel(id: string, token: string): Promise<void> {
    this.calls.push(`cancel ${id}`);
    this.tokens.push(token);
    this.require(id).worker = 'alive';
    this.write(id, { event: 'cancel' });
  }

  async resume(id: string, token: string): Promise<void> {
    this.calls.push(`resume ${id}`);
    this.tokens.push(token);
    this.require(id).worker = 'alive';
    this.write(id, { event: 'worker', pid: 4712, startedAt: '2', mode: 'run' });
  }

  async dismiss(id: string): Promise<void> {
    this.calls.push(`dismiss ${id}`);
    this.kept.delete(id);
  }

  private fold(id: string): Operation | undefined {
    const { records, worker } = this.require(id);
    return foldJournal(records, worker);
  }

  private require(id: string): Kept {
    const kept = this.kept.get(id);
    if (kept === undefined) throw new Error(`no operation ${id}`);
    return kept;
  }
}
