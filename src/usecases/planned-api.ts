import type {
  DigitalOceanApi,
  DnsRecord,
  Droplet,
  NewDnsRecord,
} from '../services/digitalocean/api.js';
import type { Resource } from '../services/provisioning/journal/records.js';

/** One thing that would be made, changed or deleted. */
export interface PlannedChange {
  readonly action: 'create' | 'change' | 'delete';
  readonly kind: Resource['kind'] | 'dns-record' | 'domain';
  /** Left out for what does not exist yet. */
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** Facts in words: `fra1, s-1vcpu-1gb`, `A 203.0.113.5`. */
  readonly detail?: string | undefined;
  /** Is deleted again by the same command. */
  readonly isTemporary?: true;
  /** Change of the costs a month, USD; undefined where the price is unknown. */
  readonly monthlyUsd: number | undefined;
}

/** Throws: a write that no plan knows. */
export function unplanned(): never {
  throw new Error('A dry run does not do this.');
}

/**
 * DigitalOcean as it would be: reads go through, each write is kept as a change and shows in later reads. Sends no
 * request but GET.
 */
export function plannedApi(api: DigitalOceanApi, changes: PlannedChange[]): DigitalOceanApi {
  return { ...readsOf(api), ...dropletsOf(api, changes), ...namesOf(api, changes) };
}

type Reads = Pick<
  DigitalOceanApi,
  | 'onCall'
  | 'onRetry'
  | 'getAccount'
  | 'getTokenInfo'
  | 'listRegions'
  | 'listSizes'
  | 'listDropletActions'
  | 'getDropletAction'
  | 'listSnapshots'
  | 'listReservedAddresses'
  | 'listSshKeys'
  | 'getSshKey'
  | 'getTag'
>;

function readsOf(api: DigitalOceanApi): Reads {
  return {
    onCall: api.onCall,
    onRetry: api.onRetry,
    getAccount: (signal) => api.getAccount(signal),
    getTokenInfo: (signal) => api.getTokenInfo(signal),
    listRegions: (signal) => api.listRegions(signal),
    listSizes: (signal) => api.listSizes(signal),
    listDropletActions: (id, signal) => api.listDropletActions(id, signal),
    getDropletAction: (dropletId, id, signal) => api.getDropletAction(dropletId, id, signal),
    listSnapshots: (signal) => api.listSnapshots(signal),
    listReservedAddresses: (signal) => api.listReservedAddresses(signal),
    listSshKeys: (signal) => api.listSshKeys(signal),
    getSshKey: (idOrFingerprint, signal) => api.getSshKey(idOrFingerprint, signal),
    getTag: (name, signal) => api.getTag(name, signal),
  };
}

type Droplets = Pick<
  DigitalOceanApi,
  'listDroplets' | 'getDroplet' | 'createDroplet' | 'deleteDroplet' | 'actOnDroplet'
>;

function dropletsOf(api: DigitalOceanApi, changes: PlannedChange[]): Droplets {
  const gone = new Set<number>();
  return {
    listDroplets: async (filter, signal) =>
      (await api.listDroplets(filter, signal)).filter(({ id }) => !gone.has(id)),
    getDroplet: async (id, signal) => (gone.has(id) ? undefined : await api.getDroplet(id, signal)),
    createDroplet: unplanned,
    async deleteDroplet(id, check, signal) {
      await check();
      const droplet = await api.getDroplet(id, signal);
      if (droplet === undefined) return false;
      changes.push(deletionOf(droplet));
      gone.add(id);
      return true;
    },
    async actOnDroplet(id, request, check, signal) {
      if (request.type !== 'resize') return unplanned();
      await check();
      const [droplet, sizes] = await Promise.all([
        api.getDroplet(id, signal),
        api.listSizes(signal),
      ]);
      const after = sizes.find(({ slug }) => slug === request.size)?.priceMonthlyUsd;
      const before = droplet?.priceMonthlyUsd;
      changes.push({
        action: 'change',
        kind: 'droplet',
        id: String(id),
        name: droplet?.name,
        detail: `${droplet?.sizeSlug} → ${request.size}`,
        monthlyUsd: after === undefined || before === undefined ? undefined : after - before,
      });
      return { id: 0, type: request.type, status: 'completed' };
    },
  };
}

/** The end of a droplet, and of its costs. */
export function deletionOf({
  id,
  name,
  regionSlug,
  sizeSlug,
  priceMonthlyUsd: price,
}: Droplet): PlannedChange {
  return {
    action: 'delete',
    kind: 'droplet',
    id: String(id),
    name,
    detail: `${regionSlug}, ${sizeSlug}`,
    monthlyUsd: price === undefined ? undefined : -price,
  };
}

type Names = Omit<DigitalOceanApi, keyof Reads | keyof Droplets>;

/** Keys, tags, domains and their records: all free of charge. */
function namesOf(api: DigitalOceanApi, changes: PlannedChange[]): Names {
  const made = new Set<string>();
  const add = (change: Omit<PlannedChange, 'monthlyUsd'>): void =>
    void changes.push({ ...change, monthlyUsd: 0 });
  const addRecord = (
    action: PlannedChange['action'],
    domain: string,
    { name, type, data }: Partial<NewDnsRecord>,
    id?: number,
  ): void =>
    add({
      action,
      kind: 'dns-record',
      id: id === undefined ? undefined : String(id),
      name: name === '@' || name === undefined ? domain : `${name}.${domain}`,
      detail: `${type} ${data}`,
    });
  const listRecords: Names['listRecords'] = async (domain, signal) =>
    made.has(domain) ? [] : await api.listRecords(domain, signal);
  const find = async (domain: string, id: number): Promise<DnsRecord | undefined> =>
    (await listRecords(domain)).find((record) => record.id === id);
  return {
    createSshKey: unplanned,
    async deleteSshKey(id) {
      add({ action: 'delete', kind: 'ssh-key', id: String(id) });
      return true;
    },
    createTag: unplanned,
    tagDroplet: unplanned,
    async deleteTag(name) {
      if ((await api.getTag(name)) === undefined) return false;
      add({ action: 'delete', kind: 'tag', id: name });
      return true;
    },
    listDomains: (signal) => api.listDomains(signal),
    async createDomain(name) {
      add({ action: 'create', kind: 'domain', name });
      made.add(name);
      return { name, ttl: undefined };
    },
    listRecords,
    async createRecord(domain, record) {
      addRecord('create', domain, record);
      return { ...record, id: 0 };
    },
    async updateRecord(domain, id, record) {
      const before = await find(domain, id);
      addRecord('change', domain, { name: before?.name, ...record }, id);
      return { name: '@', data: '', ...before, ...record, id };
    },
    async deleteRecord(domain, id) {
      const record = await find(domain, id);
      if (record === undefined) return false;
      addRecord('delete', domain, record, id);
      return true;
    },
  };
}
