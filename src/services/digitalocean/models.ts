import { z } from 'zod';
import type {
  Account,
  DnsRecord,
  Domain,
  Droplet,
  DropletAction,
  NewDnsRecord,
  Region,
  ReservedAddress,
  Size,
  Snapshot,
  SshKey,
  TokenInfo,
} from './api.js';
import { cleanForeignText } from './foreign-text.js';

/**
 * DigitalOcean's bodies as the program's models. Unknown fields are ignored, and so is the absence of what a
 * token may not read: `tags` and `image` of a droplet, the droplet limit of the account.
 */

const words = z.string().transform((text) => cleanForeignText(text));
const id = z.int().positive();

const account = z
  .object({
    email: words,
    email_verified: z.boolean(),
    // A status that is new to this program is worth a look, not a refusal.
    status: z.enum(['active', 'warning', 'locked']).catch('warning'),
    status_message: words.nullish(),
    droplet_limit: z.int().nullish(),
    team: z.object({ uuid: words.nullish(), name: words.nullish() }).nullish(),
  })
  .transform((body): Account => ({
    email: body.email,
    emailVerified: body.email_verified,
    status: body.status,
    statusMessage: body.status_message ?? '',
    dropletLimit: body.droplet_limit ?? undefined,
    teamId: body.team?.uuid ?? undefined,
    teamName: body.team?.name ?? undefined,
  }));

const region = z
  .object({
    slug: z.string(),
    name: words,
    available: z.boolean(),
    sizes: z.array(z.string()).nullish(),
  })
  .transform((body): Region => ({
    slug: body.slug,
    name: body.name,
    available: body.available,
    sizes: body.sizes ?? [],
  }));

const size = z
  .object({
    slug: z.string(),
    memory: z.number(),
    vcpus: z.number(),
    disk: z.number(),
    price_monthly: z.number(),
    available: z.boolean(),
    regions: z.array(z.string()).nullish(),
  })
  .transform((body): Size => ({
    slug: body.slug,
    memoryMb: body.memory,
    vcpus: body.vcpus,
    diskGb: body.disk,
    priceMonthlyUsd: body.price_monthly,
    available: body.available,
    regions: body.regions ?? [],
  }));

const networkV4 = z.object({ ip_address: z.string(), type: z.string() });
const droplet = z
  .object({
    id,
    name: z.string(),
    // Anything new is not `active`, and that is all that is asked of it.
    status: z.enum(['new', 'active', 'off', 'archive']).catch('off'),
    tags: z.array(z.string()).nullish(),
    region: z.object({ slug: z.string() }).nullish(),
    size_slug: z.string(),
    size: z.object({ price_monthly: z.number() }).nullish().catch(undefined),
    created_at: z.string(),
    networks: z.object({ v4: z.array(networkV4).nullish() }).nullish(),
    locked: z.boolean().nullish().catch(undefined),
    disk: z.number().nullish().catch(undefined),
  })
  .transform((body): Droplet => ({
    id: body.id,
    name: body.name,
    status: body.status,
    tags: body.tags ?? [],
    regionSlug: body.region?.slug ?? '',
    sizeSlug: body.size_slug,
    priceMonthlyUsd: body.size?.price_monthly,
    createdAt: body.created_at,
    // A private address may come first.
    publicIpv4: body.networks?.v4?.find(({ type }) => type === 'public')?.ip_address,
    ...(body.locked === true ? { locked: true } : {}),
    ...(typeof body.disk === 'number' ? { diskGb: body.disk } : {}),
  }));

const action = z
  .object({
    id,
    type: words,
    // Anything new is not over: it is looked at again.
    status: z.enum(['in-progress', 'completed', 'errored']).catch('in-progress'),
  })
  .transform((body): DropletAction => body);

const snapshot = z
  .object({
    id: words,
    name: words,
    resource_id: z.string().nullish(),
    size_gigabytes: z.number(),
    tags: z.array(z.string()).nullish(),
  })
  .transform((body): Snapshot => ({
    id: body.id,
    name: body.name,
    dropletId: /^\d{1,15}$/.test(body.resource_id ?? '') ? Number(body.resource_id) : undefined,
    sizeGb: body.size_gigabytes,
    tags: body.tags ?? [],
  }));

const reservedAddress = z
  .object({
    ip: words,
    region: z.object({ slug: words }).nullish(),
    droplet: z.object({ id }).nullish(),
  })
  .transform((body): ReservedAddress => ({
    ip: body.ip,
    regionSlug: body.region?.slug ?? '',
    dropletId: body.droplet?.id,
  }));

const sshKey = z
  .object({ id, name: z.string(), public_key: z.string(), fingerprint: z.string() })
  .transform((body): SshKey => ({
    id: body.id,
    name: body.name,
    publicKey: body.public_key,
    fingerprint: body.fingerprint,
  }));

const tag = z
  .object({
    resources: z.object({ droplets: z.object({ count: z.int() }).nullish() }).nullish(),
  })
  .transform((body) => ({ dropletCount: body.resources?.droplets?.count ?? 0 }));

const domain = z
  .object({ name: z.string(), ttl: z.int().nullish() })
  .transform((body): Domain => ({ name: body.name, ttl: body.ttl ?? undefined }));

const number = z.int().nullish();
const record = z
  .object({
    id,
    type: z.string(),
    name: z.string(),
    data: z.string(),
    ttl: number,
    priority: number,
    port: number,
    weight: number,
    flags: number,
    tag: z.string().nullish(),
  })
  .transform(({ id: recordId, ...fields }): DnsRecord => ({
    id: recordId,
    ...withoutNothing(fields),
  }));

/** DigitalOcean fills unused fields with null. */
function withoutNothing(fields: {
  readonly [Key in keyof NewDnsRecord]: NewDnsRecord[Key] | null | undefined;
}): NewDnsRecord {
  const used = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(used) as unknown as NewDnsRecord;
}

const actionBody = z.object({ action }).transform((body) => body.action);
const accountBody = z.object({ account }).transform((body) => body.account);
const domainBody = z.object({ domain }).transform((body) => body.domain);
const recordBody = z.object({ domain_record: record }).transform((body) => body.domain_record);
const dropletBody = z.object({ droplet }).transform((body) => body.droplet);
const sshKeyBody = z.object({ ssh_key: sshKey }).transform((body) => body.ssh_key);
const tagBody = z.object({ tag }).transform((body) => body.tag);

/** Parses token info like doctl, since the API documentation does not describe it. */
const tokenInfoBody = z
  .object({ scopes: z.array(words).nullish(), expires_in_seconds: z.number().nullish() })
  .transform((body): TokenInfo => ({
    scopes: body.scopes ?? undefined,
    expiresInSeconds: (body.expires_in_seconds ?? 0) > 0 ? body.expires_in_seconds! : undefined,
  }));

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined on the last page. */
  readonly nextPage: number | undefined;
}

/** Take only the number from the link: its host comes from the body and must not get the token. */
const links = z
  .object({ pages: z.object({ next: z.string().nullish() }).nullish() })
  .nullish()
  .transform((body) => {
    const page = /[?&]page=(\d{1,6})(?:&|#|$)/.exec(body?.pages?.next ?? '')?.[1];
    return page === undefined ? undefined : Number(page);
  });

const regionsBody = z
  .object({ regions: z.array(region), links })
  .transform((body): Page<Region> => ({ items: body.regions, nextPage: body.links }));
const sizesBody = z
  .object({ sizes: z.array(size), links })
  .transform((body): Page<Size> => ({ items: body.sizes, nextPage: body.links }));
const dropletsBody = z
  .object({ droplets: z.array(droplet), links })
  .transform((body): Page<Droplet> => ({ items: body.droplets, nextPage: body.links }));
const sshKeysBody = z
  .object({ ssh_keys: z.array(sshKey), links })
  .transform((body): Page<SshKey> => ({ items: body.ssh_keys, nextPage: body.links }));

const domainsBody = z
  .object({ domains: z.array(domain), links })
  .transform((body): Page<Domain> => ({ items: body.domains, nextPage: body.links }));
const recordsBody = z
  .object({ domain_records: z.array(record), links })
  .transform((body): Page<DnsRecord> => ({ items: body.domain_records, nextPage: body.links }));

const actionsBody = z
  .object({ actions: z.array(action), links })
  .transform((body): Page<DropletAction> => ({ items: body.actions, nextPage: body.links }));
const snapshotsBody = z
  .object({ snapshots: z.array(snapshot), links })
  .transform((body): Page<Snapshot> => ({ items: body.snapshots, nextPage: body.links }));
const reservedAddressesBody = z
  .object({ reserved_ips: z.array(reservedAddress), links })
  .transform((body): Page<ReservedAddress> => ({
    items: body.reserved_ips,
    nextPage: body.links,
  }));

/** The schemas of whole bodies, by what is in them. */
export const bodies = {
  account: accountBody,
  action: actionBody,
  actions: actionsBody,
  domain: domainBody,
  domains: domainsBody,
  droplet: dropletBody,
  droplets: dropletsBody,
  record: recordBody,
  records: recordsBody,
  regions: regionsBody,
  reservedAddresses: reservedAddressesBody,
  sizes: sizesBody,
  snapshots: snapshotsBody,
  sshKey: sshKeyBody,
  sshKeys: sshKeysBody,
  tag: tagBody,
  tokenInfo: tokenInfoBody,
};
export type Bodies = typeof bodies;

/** Lists a body's problems by place and kind (`account.email: expected string`); never a value. */
export function describeProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'wrong form';
  const place = issue.path.map(String).join('.') || 'body';
  return `${place}: ${issue.code === 'invalid_type' ? `expected ${issue.expected}` : issue.code}`;
}
