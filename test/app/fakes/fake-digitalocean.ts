import { Emitter } from '../../../src/core/event.js';
import { ACCOUNTS, REGIONS, SIZES } from '../../../src/sandbox/fixtures.js';
import { findToken, type SandboxToken } from '../../../src/sandbox/tokens.js';
import type {
  Account,
  ActionRequest,
  DropletAction,
  ReservedAddress,
  Snapshot,
  DnsRecord,
  Domain,
  NewDnsRecord,
  ApiCall,
  ApiRetry,
  DigitalOceanApi,
  Droplet,
  Region,
  Size,
  SshKey,
  TokenInfo,
} from '../../../src/services/digitalocean/api.js';
import { ApiError } from '../../../src/services/digitalocean/api-error.js';
import type { ServerEntry } from '../../../src/services/registry/registry.js';

/** An account in memory, for the tokens of the sandbox. Nothing can be created in it. */
export class FakeDigitalOcean implements DigitalOceanApi {
  private readonly called = new Emitter<ApiCall>();
  private readonly retried = new Emitter<ApiRetry>();
  readonly onCall = this.called.event;
  readonly onRetry = this.retried.event;

  constructor(
    private readonly token: string,
    private readonly world: FakeAccountWorld,
  ) {}

  /** As if the client waited for its next try. */
  announceRetry(retry: ApiRetry): void {
    this.retried.fire(retry);
  }

  async getAccount(): Promise<Account> {
    const known = await this.authorise('account:read');
    const { email, email_verified, status, status_message, droplet_limit } =
      ACCOUNTS[known.account];
    return {
      email,
      emailVerified: email_verified,
      status: status as Account['status'],
      statusMessage: status_message,
      dropletLimit: known.dropletLimit ?? droplet_limit,
      teamId: `team of ${known.team}`,
    };
  }

  async getTokenInfo(): Promise<TokenInfo> {
    const known = await this.authorise();
    if (known.introspection === 'none') return { scopes: undefined, expiresInSeconds: undefined };
    return { scopes: known.scopes, expiresInSeconds: known.expiresInSeconds };
  }

  async listRegions(): Promise<readonly Region[]> {
    await this.authorise('regions:read');
    return REGIONS;
  }

  async listSizes(): Promise<readonly Size[]> {
    await this.authorise('sizes:read');
    return SIZES.map((size) => ({
      slug: size.slug,
      memoryMb: size.memory,
      vcpus: size.vcpus,
      diskGb: size.disk,
      priceMonthlyUsd: size.price_monthly,
      available: size.available,
      regions: size.regions,
    }));
  }

  async listDroplets(
    filter?: { readonly tag: string } | { readonly name: string },
  ): Promise<readonly Droplet[]> {
    const { dropletLimit } = await this.authorise('droplet:read');
    this.world.looks.push(filter);
    if (filter !== undefined) {
      const isMeant = ({ name, tags }: Droplet): boolean =>
        'tag' in filter ? tags.includes(filter.tag) : name === filter.name;
      const found = [...this.world.droplets.values(), ...this.world.ghosts].filter(isMeant);
      await this.world.slow;
      return found;
    }
    if (dropletLimit === undefined) return [...this.world.droplets.values()];
    return Array.from({ length: dropletLimit }, (_, index) => droplet(index + 1));
  }

  async getDroplet(id: number): Promise<Droplet | undefined> {
    await this.authorise('droplet:read');
    return this.world.droplets.get(id);
  }

  async deleteDroplet(id: number, check: () => Promise<void>): Promise<boolean> {
    await this.authorise('droplet:delete');
    await check();
    const found = this.world.droplets.get(id);
    if (found !== undefined && this.world.listLags) this.world.ghosts.push(found);
    return this.world.droplets.delete(id);
  }

  async actOnDroplet(
    id: number,
    request: ActionRequest,
    check: () => Promise<void>,
  ): Promise<DropletAction> {
    await this.authorise('droplet:update');
    if (request.type === 'resize') await this.authorise('droplet:create');
    await check();
    const found = this.world.droplets.get(id);
    if (found === undefined) throw refusal('not-found', 404);
    const actions = this.world.actions.get(id) ?? [];
    this.world.actions.set(id, actions);
    const action = { id: actions.length + 1, type: request.type, status: 'completed' } as const;
    actions.push(action);
    this.world.droplets.set(id, { ...found, ...effectOf(request) });
    return action;
  }

  async listDropletActions(id: number): Promise<readonly DropletAction[] | undefined> {
    await this.authorise('droplet:read');
    return this.world.droplets.has(id) ? (this.world.actions.get(id) ?? []) : undefined;
  }

  async getDropletAction(id: number, actionId: number): Promise<DropletAction | undefined> {
    await this.authorise('droplet:read');
    return this.world.actions.get(id)?.find((action) => action.id === actionId);
  }

  async listSnapshots(): Promise<readonly Snapshot[]> {
    await this.authorise();
    if (this.world.snapshots === undefined) throw refusal('scope-missing', 403);
    return this.world.snapshots;
  }

  async listReservedAddresses(): Promise<readonly ReservedAddress[]> {
    await this.authorise();
    if (this.world.reserved === undefined) throw refusal('scope-missing', 403);
    return this.world.reserved;
  }

  async listSshKeys(): Promise<readonly SshKey[]> {
    await this.authorise('ssh_key:read');
    return [];
  }

  async getTag(): Promise<{ readonly dropletCount: number } | undefined> {
    await this.authorise('tag:read');
    return undefined;
  }

  createDroplet = nothingIsCreated;
  getSshKey = nothingIsCreated;
  createSshKey = nothingIsCreated;
  deleteSshKey = nothingIsCreated;
  createTag = nothingIsCreated;
  tagDroplet = nothingIsCreated;

  async deleteTag(name: string): Promise<boolean> {
    await this.authorise('tag:delete');
    const { droplets } = this.world;
    const tagged = [...droplets.values()].filter(({ tags }) => tags.includes(name));
    for (const one of tagged)
      droplets.set(one.id, { ...one, tags: one.tags.filter((tag) => tag !== name) });
    return tagged.length > 0;
  }

  async listDomains(): Promise<readonly Domain[]> {
    this.world.domainLists += 1;
    await this.authorise('domain:read');
    return [...this.world.zones.keys()].map((name) => ({ name, ttl: 1800 }));
  }

  async createDomain(name: string): Promise<Domain> {
    await this.authorise('domain:create');
    this.world.zones.set(name, []);
    return { name, ttl: 1800 };
  }

  async listRecords(domain: string): Promise<readonly DnsRecord[]> {
    await this.authorise('domain:read');
    return [...this.zone(domain)];
  }

  async createRecord(domain: string, record: NewDnsRecord): Promise<DnsRecord> {
    await this.authorise('domain:create');
    const records = this.zone(domain);
    const made = { ...record, id: 1 + Math.max(1000, ...records.map(({ id }) => id)) };
    records.push(made);
    return made;
  }

  async updateRecord(
    domain: string,
    id: number,
    change: Partial<NewDnsRecord>,
  ): Promise<DnsRecord> {
    await this.authorise('domain:update');
    const records = this.zone(domain);
    const at = records.findIndex((record) => record.id === id);
    if (at === -1) throw refusal('not-found', 404);
    return (records[at] = { ...records[at]!, ...change });
  }

  async deleteRecord(domain: string, id: number): Promise<boolean> {
    await this.authorise('domain:delete');
    const records = this.zone(domain);
    const at = records.findIndex((record) => record.id === id);
    if (at !== -1) records.splice(at, 1);
    return at !== -1;
  }

  private zone(domain: string): DnsRecord[] {
    const records = this.world.zones.get(domain);
    if (records === undefined) throw refusal('not-found', 404);
    return records;
  }

  private async authorise(scope?: string): Promise<SandboxToken> {
    await this.world.gate;
    if (this.world.failure !== undefined) throw this.world.failure;
    const known = findToken(this.token);
    if (known === undefined || !known.valid) throw refusal('token-invalid', 401);
    if (scope !== undefined && !known.scopes.includes(scope)) throw refusal('scope-missing', 403);
    return known;
  }
}

/** What all clients of a test share. */
export interface FakeAccountWorld {
  readonly droplets: Map<number, Droplet>;
  /** Records by their domain. */
  readonly zones: Map<string, DnsRecord[]>;
  /** Times that the domains were listed. */
  domainLists: number;
  /** By droplet, oldest first. */
  readonly actions: Map<number, DropletAction[]>;
  /** Undefined where the token may not read them. */
  snapshots: readonly Snapshot[] | undefined;
  reserved: readonly ReservedAddress[] | undefined;
  /** Filters of the lists that were asked for; undefined for the whole one. */
  readonly looks: unknown[];
  /** Droplets that are destroyed are still listed. */
  listLags: boolean;
  readonly ghosts: Droplet[];
  /** Calls wait for it. */
  gate: Promise<void>;
  /** Lists of droplets are answered after it, as they were when they were asked for. */
  slow: Promise<void>;
  /** Every call fails with this. */
  failure: Error | undefined;
}

export function droplet(id: number, tags: readonly string[] = ['portlama:managed']): Droplet {
  return {
    id,
    name: `portlama-${id}`,
    status: 'active',
    tags,
    regionSlug: 'fra1',
    sizeSlug: 's-1vcpu-512mb-10gb',
    priceMonthlyUsd: 4,
    createdAt: '2026-11-20T10:00:00Z',
    publicIpv4: '203.0.113.42',
  };
}

/** The droplet of a server in the list. */
export function dropletOf({ label, providerId, region = 'fra1', ip }: ServerEntry): Droplet {
  const name = `portlama-${label}`;
  return { ...droplet(Number(providerId)), name, regionSlug: region, publicIpv4: ip };
}

function effectOf(request: ActionRequest): Partial<Droplet> {
  switch (request.type) {
    case 'power_off':
    case 'shutdown':
      return { status: 'off' };
    case 'power_on':
    case 'reboot':
    case 'power_cycle':
      return { status: 'active' };
    case 'resize': {
      const price = SIZES.find(({ slug }) => slug === request.size)?.price_monthly;
      return { sizeSlug: request.size, priceMonthlyUsd: price };
    }
    case 'rename':
      return { name: request.name };
  }
}

function refusal(code: 'token-invalid' | 'scope-missing' | 'not-found', status: number): ApiError {
  return new ApiError({ code, status, message: `DigitalOcean refused (${status}).` });
}

function nothingIsCreated(): Promise<never> {
  return Promise.reject(new Error('the app itself creates nothing'));
}
