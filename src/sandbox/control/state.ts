import type { ServerResponse } from 'node:http';
import { Emitter } from '../../core/event.js';
import type { CredentialKey } from '../../services/keystore/keystore.js';

/** Contents of the sandbox, including deleted droplets while they are still readable. */
export interface SandboxState {
  readonly world: string;
  readonly droplets: readonly {
    readonly id: number;
    readonly name: string;
    readonly team: string;
    readonly region: string;
    readonly status: 'new' | 'active' | 'off';
    readonly deleted: boolean;
    readonly tags: readonly string[];
    readonly address: string;
    readonly panel: 'absent' | 'server-down' | 'up';
    readonly sshConnections: number;
  }[];
  readonly keys: readonly {
    readonly id: number;
    readonly name: string;
    readonly fingerprint: string;
    readonly team: string;
  }[];
  readonly tags: readonly { readonly name: string; readonly team: string }[];
  /** By `METHOD /path`, ids as `{id}`. */
  readonly calls: Readonly<Record<string, number>>;
  /** Programs that hold the sandbox. */
  readonly attached: number;
  /** Entries of the keystore, without the secrets. */
  readonly secrets: readonly { readonly service: string; readonly account: string }[];
}

/** The programs that hold the sandbox: each has a request open that is never answered to the end. */
export class Attachments {
  private readonly changed = new Emitter<number>();
  private readonly held = new Set<ServerResponse>();

  /** Fires with the number of programs. */
  readonly onChange = this.changed.event;

  get count(): number {
    return this.held.size;
  }

  /** The first line of the answer is `place` as JSON. */
  hold(response: ServerResponse, place: object): void {
    this.held.add(response);
    response.on('close', () => {
      this.held.delete(response);
      this.changed.fire(this.count);
    });
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(`${JSON.stringify(place)}\n`);
    this.changed.fire(this.count);
  }

  /** Postpones the end of the sandbox on use by a program that does not hold it. */
  touch(): void {
    this.changed.fire(this.count);
  }

  dispose(): void {
    this.changed.dispose();
  }
}

/** The sandbox's credential store: gone when the sandbox ends. */
export class Secrets {
  private readonly entries = new Map<string, { key: CredentialKey; secret: string }>();

  get keys(): readonly CredentialKey[] {
    return [...this.entries.values()].map(({ key }) => key);
  }

  get(key: CredentialKey): string | undefined {
    return this.entries.get(nameOf(key))?.secret;
  }

  set(key: CredentialKey, secret: string): void {
    const { service, account } = key;
    this.entries.set(nameOf(key), { key: { service, account }, secret });
  }

  delete(key: CredentialKey): boolean {
    return this.entries.delete(nameOf(key));
  }
}

function nameOf({ service, account }: CredentialKey): string {
  return JSON.stringify([service, account]);
}

/** One request that reached the sandbox. Nothing in it is secret. */
export interface RecordedCall {
  /** `GET`; `CONNECT` for the way to a droplet or region. */
  readonly method: string;
  /** Path and query, or `host:port`. */
  readonly target: string;
  /** Undefined while there is no answer. */
  status: number | undefined;
  /** The fault that hit it. */
  fault: string | undefined;
  /** Holds the answer back, after the part of the request that the fault allows was executed. */
  held: boolean;
}

const KEPT = 20_000;

/** The requests of API and proxy, oldest first. */
export class CallRecord {
  readonly all: RecordedCall[] = [];

  add(method: string, target: string): RecordedCall {
    const call: RecordedCall = { method, target, status: undefined, fault: undefined, held: false };
    this.all.push(call);
    if (this.all.length > KEPT) this.all.shift();
    return call;
  }

  /** Counts the calls of each `METHOD /path`, without ids and queries. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { method, target } of this.all) {
      const path = target.split('?', 1)[0] ?? '';
      const name = `${method} ${path.replaceAll(/\/\d+(?=\/|$)/g, '/{id}')}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }
}
