import { dropletName, MANAGED_TAG } from '../core/product.js';
import type { DigitalOceanApi, Droplet } from '../services/digitalocean/api.js';
import { requireUsableToken } from '../services/digitalocean/token-check.js';
import { makeRecords } from '../services/dns/server-records.js';
import { requirePrice } from '../services/provisioning/errors.js';
import type { Resource } from '../services/provisioning/journal/records.js';
import type { Operations, ProvisionChoice } from '../services/provisioning/operations.js';
import { operationKeyName, operationTag } from '../services/provisioning/worker/step.js';
import { dropletIdOf, type Registry } from '../services/registry/registry.js';
import { NEW_ADDRESS } from '../words/dns.js';
import type { Face } from './face.js';
import { deletionOf, type PlannedChange, plannedApi, unplanned } from './planned-api.js';
import { openApi, requireSavedToken } from './token.js';
import type { Work } from './work.js';

/** All that a use case would do, in its order. */
export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** Change of the costs a month, USD: negative where they fall. Undefined where a price is unknown. */
  readonly monthlyUsd: number | undefined;
}

/**
 * Runs a use case on a world that only reads: each request that would change something is kept as a change of the plan,
 * later reads see its effect, and every question counts as agreed to. A write that no plan knows rejects.
 */
export async function planOf(useCase: (work: Work) => Promise<unknown>, work: Work): Promise<Plan> {
  const changes: PlannedChange[] = [];
  await useCase(readingWork(work, changes));
  const costs = changes.map(({ monthlyUsd }) => monthlyUsd);
  const isKnown = costs.every((usd) => usd !== undefined);
  return { changes, monthlyUsd: isKnown ? sum(costs) : undefined };
}

function sum(costs: readonly number[]): number {
  // Whole cents: prices are decimal.
  return Math.round(costs.reduce((total, usd) => total + usd * 100, 0)) / 100;
}

function readingWork(work: Work, changes: PlannedChange[]): Work {
  const apis = new Map<string, DigitalOceanApi>();
  const planning: Work = {
    ...work,
    face: agreeingFace(work.face),
    news: () => undefined,
    // The store is only read: one that forgets is good enough.
    endsProgram: false,
    // One for each token: it remembers what it was asked for.
    createApi(token) {
      const api = apis.get(token) ?? plannedApi(work.createApi(token), changes);
      apis.set(token, api);
      return api;
    },
    registry: readingRegistry(work.registry, changes),
    operations: planningOperations(work.operations, () => planning, changes),
    accounts: {
      wish: work.accounts.wish,
      read: () => work.accounts.read(),
      change: unplanned,
      choose: unplanned,
    },
    keystore: {
      kind: work.keystore.kind,
      title: work.keystore.title,
      get: (key) => work.keystore.get(key),
      set: unplanned,
      delete: async () => false,
      probe: unplanned,
    },
    // The files of a server go with its entry.
    removeIdentity: async () => false,
    removeServerFiles: async () => false,
    changeServerMeta: async () => undefined,
    moveLegacyPasswords: unplanned,
    renewCertificate: unplanned,
    keyDesk: undefined,
    adoptUnlisted: unplanned,
    importCertificate: unplanned,
    restoreServers: unplanned,
    savePrivateFile: unplanned,
    saveText: unplanned,
    openUrl: unplanned,
  };
  return planning;
}

/** Agrees to everything, and passes warnings on: other lines tell of what is not done. */
function agreeingFace(face: Face): Face {
  const nothing = { dispose: () => undefined };
  return {
    ...face,
    confirm: async () => undefined,
    progress: () => undefined,
    hold: () => nothing,
    follow: () => nothing,
    say: (line, tone) => {
      if (tone === 'warn') face.say(line, tone);
    },
  };
}

function readingRegistry(registry: Registry, changes: PlannedChange[]): Registry {
  return {
    path: registry.path,
    onChange: registry.onChange,
    watch: unplanned,
    list: () => registry.list(),
    async remove(id) {
      const entry = (await registry.list()).find((each) => each.id === id);
      if (entry === undefined) return false;
      changes.push({
        action: 'delete',
        kind: 'server-entry',
        id,
        name: entry.label,
        monthlyUsd: 0,
      });
      return true;
    },
    probe: unplanned,
    save: unplanned,
    add: unplanned,
    setActive: unplanned,
    change: unplanned,
  };
}

function planningOperations(
  operations: Operations,
  work: () => Work,
  changes: PlannedChange[],
): Operations {
  return {
    list: () => operations.list(),
    get: (id) => operations.get(id),
    past: () => operations.past(),
    remains: (id) => operations.remains(id),
    async start(choice, token) {
      await planServer(choice, { ...work(), typedToken: token }, changes);
      return '';
    },
    async cancel(id, token) {
      const found = await operations.remains(id);
      // The token of the operation's own account.
      const own = token === '' ? work() : { ...work(), typedToken: token };
      for (const resource of found) changes.push(...(await removalsOf(resource, own)));
    },
    watch: unplanned,
    follow: unplanned,
    startUpkeep: unplanned,
    wake: unplanned,
    resume: unplanned,
    dismiss: unplanned,
    workerEnd: unplanned,
  };
}

/** Plans the resources of a worker. Rejects as its first step would for a token, a region or a size that cannot be used. */
async function planServer(
  { label, region, size, domain }: ProvisionChoice,
  work: Work,
  changes: PlannedChange[],
): Promise<void> {
  const { signal } = work;
  const api = await openApi(work);
  const [report, regions, sizes, managed] = await Promise.all([
    work.checkToken(api, signal),
    api.listRegions(signal),
    api.listSizes(signal),
    api.getTag(MANAGED_TAG, signal),
  ]);
  const monthlyUsd = requirePrice(regions, sizes, { region, size });
  requireUsableToken(report);
  const add = (change: Omit<PlannedChange, 'action' | 'monthlyUsd'>, usd = 0): void =>
    void changes.push({ action: 'create', ...change, monthlyUsd: usd });
  add({ kind: 'ssh-key', name: operationKeyName('*'), isTemporary: true });
  if (managed === undefined) add({ kind: 'tag', name: MANAGED_TAG });
  add({ kind: 'tag', name: operationTag('*'), isTemporary: true });
  add({ kind: 'droplet', name: dropletName(label), detail: `${region}, ${size}` }, monthlyUsd);
  if (domain?.zone !== undefined) {
    const { name, zone, override = false } = domain;
    const none = { domain: name, zone, address: NEW_ADDRESS, made: [], replaced: [] };
    const holder =
      domain.account === undefined
        ? api
        : work.createApi(await requireSavedToken(domain.account, work));
    await makeRecords(holder, none, { override, keep: async () => undefined, signal });
  }
  add({ kind: 'server-entry', name: label });
}

/** Finds a resource of a clean-up that DigitalOcean, or the list, still has. */
async function removalsOf({ kind, id }: Resource, work: Work): Promise<readonly PlannedChange[]> {
  const { registry, signal } = work;
  const free = { action: 'delete', kind, id, monthlyUsd: 0 } as const;
  const ifThere = (found: unknown): readonly PlannedChange[] => (found === undefined ? [] : [free]);
  switch (kind) {
    case 'droplet':
      return (await findDroplets(id, work)).map(deletionOf);
    case 'ssh-key':
      return ifThere(await (await openApi(work)).getSshKey(asNumber(id) ?? id, signal));
    case 'tag':
      return ifThere(await (await openApi(work)).getTag(id, signal));
    case 'server-entry': {
      const entry = (await registry.list()).find((each) => each.id === id);
      return entry === undefined ? [] : [{ ...free, name: entry.label }];
    }
    case 'credential':
    case 'dns-records':
    case 'file':
    case 'host-key':
    case 'keychain-identity':
      return [free];
  }
}

/** By id; by tag where the id is not known, without those of the list. */
async function findDroplets(id: string, work: Work): Promise<readonly Droplet[]> {
  const api = await openApi(work);
  const number = asNumber(id);
  if (number !== undefined) {
    const droplet = await api.getDroplet(number, work.signal);
    return droplet === undefined ? [] : [droplet];
  }
  const tag = id.split(' ').at(-1) ?? '';
  const listed = new Set((await work.registry.list()).map(dropletIdOf));
  return (await api.listDroplets({ tag }, work.signal)).filter((each) => !listed.has(each.id));
}

function asNumber(id: string): number | undefined {
  return /^\d+$/.test(id) ? Number(id) : undefined;
}
