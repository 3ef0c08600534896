import ipaddr from 'ipaddr.js';
import type { Event } from '../../core/event.js';
import { PortlamaError } from '../../core/errors.js';
import { cleanForeignText } from './foreign-text.js';

/** Subset of DigitalOcean's v2 API that the program uses, in camelCase. */
export interface Account {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly status: 'active' | 'warning' | 'locked';
  readonly statusMessage: string;
  /** Droplets the account may have. Undefined when the token may not read it. */
  readonly dropletLimit: number | undefined;
  /** Id of the token's team; a user may belong to several. */
  readonly teamId?: string | undefined;
  readonly teamName?: string | undefined;
}

/** Rights of a token. `scopes` is undefined when DigitalOcean did not reveal them. */
export interface TokenInfo {
  readonly scopes: readonly string[] | undefined;
  readonly expiresInSeconds: number | undefined;
}

export interface Region {
  /** `fra1` */
  readonly slug: string;
  /** `Frankfurt 1` */
  readonly name: string;
  readonly available: boolean;
  /** Slugs of the sizes offered there. */
  readonly sizes: readonly string[];
}

export interface Size {
  readonly slug: string;
  readonly memoryMb: number;
  readonly vcpus: number;
  readonly diskGb: number;
  readonly priceMonthlyUsd: number;
  readonly available: boolean;
  readonly regions: readonly string[];
}

export interface Droplet {
  readonly id: number;
  readonly name: string;
  readonly status: 'new' | 'active' | 'off' | 'archive';
  readonly tags: readonly string[];
  readonly regionSlug: string;
  readonly sizeSlug: string;
  readonly priceMonthlyUsd: number | undefined;
  /** ISO 8601. */
  readonly createdAt: string;
  /** The first address of type `public`; undefined until DigitalOcean assigned one. */
  readonly publicIpv4: string | undefined;
  /** Locked by DigitalOcean's administrators: takes no actions. */
  readonly locked?: boolean | undefined;
  /** Size of its disk: a size with a smaller one is refused. */
  readonly diskGb?: number | undefined;
  /** Name that its account has here, where several were asked. */
  readonly account?: string | undefined;
}

/** Actions on a droplet. A resize leaves the disk as it is: one that grew could never shrink again. */
export type ActionRequest =
  | { readonly type: 'power_on' | 'power_off' | 'shutdown' | 'reboot' | 'power_cycle' }
  | { readonly type: 'resize'; readonly size: string; readonly disk: false }
  | { readonly type: 'rename'; readonly name: string };

/** Something that is or was done to a droplet. */
export interface DropletAction {
  readonly id: number;
  /** `reboot` */
  readonly type: string;
  readonly status: 'in-progress' | 'completed' | 'errored';
}

/** A kept image of a droplet; it stays, and costs, when the droplet is destroyed. */
export interface Snapshot {
  readonly id: string;
  readonly name: string;
  /** Id of the droplet it was taken of. */
  readonly dropletId: number | undefined;
  readonly sizeGb: number;
  readonly tags: readonly string[];
}

/** A public address of the account that a droplet can have. */
export interface ReservedAddress {
  readonly ip: string;
  readonly regionSlug: string;
  /** Undefined: no droplet has it, and it costs. */
  readonly dropletId: number | undefined;
}

export interface SshKey {
  readonly id: number;
  readonly name: string;
  readonly publicKey: string;
  /** MD5, colon-separated, without the `MD5:` prefix. */
  readonly fingerprint: string;
}

/** A domain of the account, with its records. */
export interface Domain {
  /** `example.com` */
  readonly name: string;
  /** Seconds; undefined while DigitalOcean has none. */
  readonly ttl: number | undefined;
}

export interface NewDnsRecord {
  /** `A` */
  readonly type: string;
  /** Below the domain: `lab`, `*.lab`, `@` for the domain itself. */
  readonly name: string;
  /** An address, or a name without a dot at its end. */
  readonly data: string;
  /** Seconds. */
  readonly ttl?: number;
  readonly priority?: number;
  readonly port?: number;
  readonly weight?: number;
  readonly flags?: number;
  readonly tag?: string;
}

export interface DnsRecord extends NewDnsRecord {
  readonly id: number;
}

export interface CreateDropletRequest {
  readonly name: string;
  readonly region: string;
  readonly size: string;
  readonly image: string;
  readonly sshKeyIds: readonly number[];
  readonly tags: readonly string[];
  /** cloud-init user data: ASCII, at most 64 KiB. */
  readonly userData: string;
}

/** One try of one API call that ended, for the debug log and for counting. */
export interface ApiCall {
  readonly method: string;
  /** Path and query, without host: `/v2/droplets?tag_name=x`. */
  readonly path: string;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly durationMs: number;
  readonly requestId: string | undefined;
}

/** The client waits before it tries a call again; shown to the person. */
export interface ApiRetry {
  readonly method: string;
  readonly path: string;
  /** `DigitalOcean is rate limiting` */
  readonly reason: string;
  readonly waitMs: number;
}

/**
 * Calls reject with ApiError. Reads (GET) and deletes are retried on 429, 5xx and lost connections within a
 * budget of time; a create (POST) is retried only on answers that prove that nothing was created (429, and a
 * connection that was never made): after a lost answer it rejects with `code: 'answer-lost'`, and the caller looks.
 */
export interface DigitalOceanApi {
  readonly onCall: Event<ApiCall>;
  readonly onRetry: Event<ApiRetry>;

  getAccount(signal?: AbortSignal): Promise<Account>;
  /** Scopes and expiry by the order of CONTRACT.md's "Scope discovery", steps 1 and 2. */
  getTokenInfo(signal?: AbortSignal): Promise<TokenInfo>;
  listRegions(signal?: AbortSignal): Promise<readonly Region[]>;
  listSizes(signal?: AbortSignal): Promise<readonly Size[]>;

  /** All droplets of the account, or those with a tag, or those with a name. Every page. */
  listDroplets(
    filter?: { readonly tag: string } | { readonly name: string },
    signal?: AbortSignal,
  ): Promise<readonly Droplet[]>;
  /** Undefined for 404: gone, or not readable yet. */
  getDroplet(id: number, signal?: AbortSignal): Promise<Droplet | undefined>;
  createDroplet(request: CreateDropletRequest, signal?: AbortSignal): Promise<Droplet>;
  /**
   * Resolves to false when the droplet does not exist (404). Deletion continues after the answer.
   * `check` is awaited right before each request, including retries: when it rejects, nothing more
   * is sent and the call rejects with its error.
   */
  deleteDroplet(id: number, check: () => Promise<void>, signal?: AbortSignal): Promise<boolean>;

  /**
   * Begins an action; it continues after the answer. `check` as for `deleteDroplet`. After a lost answer it rejects
   * with `answer-lost`: the droplet's actions tell if it began.
   */
  actOnDroplet(
    id: number,
    request: ActionRequest,
    check: () => Promise<void>,
    signal?: AbortSignal,
  ): Promise<DropletAction>;
  /** All actions of a droplet, in DigitalOcean's order; undefined for 404. */
  listDropletActions(
    id: number,
    signal?: AbortSignal,
  ): Promise<readonly DropletAction[] | undefined>;
  /** Undefined for 404: gone, or not readable yet. */
  getDropletAction(
    dropletId: number,
    actionId: number,
    signal?: AbortSignal,
  ): Promise<DropletAction | undefined>;

  /** Snapshots of droplets. Needs `snapshot:read`, which no token has to have. */
  listSnapshots(signal?: AbortSignal): Promise<readonly Snapshot[]>;
  /** Needs `reserved_ip:read`, which no token has to have. */
  listReservedAddresses(signal?: AbortSignal): Promise<readonly ReservedAddress[]>;

  /** At most 10 of these calls a minute are allowed: prefer `getSshKey`. */
  listSshKeys(signal?: AbortSignal): Promise<readonly SshKey[]>;
  /** By id or MD5 fingerprint; undefined for 404. */
  getSshKey(idOrFingerprint: number | string, signal?: AbortSignal): Promise<SshKey | undefined>;
  createSshKey(name: string, publicKey: string, signal?: AbortSignal): Promise<SshKey>;
  deleteSshKey(id: number, signal?: AbortSignal): Promise<boolean>;

  /** Undefined for 404. */
  getTag(
    name: string,
    signal?: AbortSignal,
  ): Promise<{ readonly dropletCount: number } | undefined>;
  /** Makes the tag, or leaves an existing one as it is. */
  createTag(name: string, signal?: AbortSignal): Promise<void>;
  /** Adds an existing tag to a droplet. Needs `droplet:update`-like rights only where DigitalOcean asks for them. */
  tagDroplet(tag: string, dropletId: number, signal?: AbortSignal): Promise<void>;
  deleteTag(name: string, signal?: AbortSignal): Promise<boolean>;

  listDomains(signal?: AbortSignal): Promise<readonly Domain[]>;
  createDomain(name: string, signal?: AbortSignal): Promise<Domain>;
  listRecords(domain: string, signal?: AbortSignal): Promise<readonly DnsRecord[]>;
  createRecord(domain: string, record: NewDnsRecord, signal?: AbortSignal): Promise<DnsRecord>;
  /** Replaces the given fields; the rest stays. */
  updateRecord(
    domain: string,
    id: number,
    record: Partial<NewDnsRecord> & Pick<NewDnsRecord, 'type'>,
    signal?: AbortSignal,
  ): Promise<DnsRecord>;
  deleteRecord(domain: string, id: number, signal?: AbortSignal): Promise<boolean>;
}

/** The address that the API gave for a droplet is not one to connect to. */
export class DropletAddressError extends PortlamaError {
  override readonly name = 'DropletAddressError';
}

/**
 * The address of a droplet, if it may be connected to: a public IPv4 address, or any IP address when the API runs
 * on this machine. Guards against an answer that would send SSH into the person's own network.
 */
export function requirePublicAddress(ip: string, apiIsLoopback: boolean): string {
  const isIpv4 = ipaddr.IPv4.isValidFourPartDecimal(ip);
  if (apiIsLoopback && (isIpv4 || ipaddr.IPv6.isValid(ip))) return ip;
  if (isIpv4 && ipaddr.IPv4.parse(ip).range() === 'unicast') return ip;
  throw new DropletAddressError({
    code: 'address-not-public',
    message: `The API gave ${JSON.stringify(cleanForeignText(ip, 60))} as the droplet’s address, which is not a public IPv4 address.`,
    hint: 'Nothing was sent there. Look at the droplet in the DigitalOcean console, and check DIGITALOCEAN_API_URL.',
  });
}
