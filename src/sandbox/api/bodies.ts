import { hasScope, type SandboxToken } from '../tokens.js';
import type { Action, Droplet, Key, ReservedAddress, Snapshot, Team } from '../world/team.js';
import type { World } from '../world/world.js';

const NETMASK = '255.255.240.0';
const PUBLIC_GATEWAY = '203.0.113.1';
const IPV6_PREFIX = '2001:db8:0:1010::';
const VPC = '760e09ef-dc84-11e8-981e-3cfdfeaae000';
const LINK_BASE = 'https://api.digitalocean.com';

/** A droplet as the API shows it to this token now. */
export function dropletBody(world: World, droplet: Droplet, token: SandboxToken): object {
  const { now } = world;
  const { region, image, ipv6, createdAt } = droplet.options;
  const { size } = droplet;
  return {
    id: droplet.id,
    name: droplet.name,
    memory: size.memory,
    vcpus: size.vcpus,
    disk: droplet.diskGb,
    disk_info: size.disk_info,
    locked: droplet.isLocked,
    status: droplet.status(now),
    kernel: null,
    created_at: isoSeconds(createdAt),
    features: ['droplet_agent', 'private_networking', ...(ipv6 ? ['ipv6'] : [])],
    backup_ids: [],
    next_backup_window: null,
    snapshot_ids: [],
    image,
    volume_ids: [],
    size,
    size_slug: size.slug,
    networks: networksBody(droplet, now),
    region,
    // Withheld from a token that may not read tags; in what form is not known.
    tags: hasScope(token, 'tag:read') ? droplet.visibleTags(now) : [],
    vpc_uuid: VPC,
  };
}

export function actionBody(world: World, droplet: Droplet, action: Action): object {
  const { region } = droplet.options;
  const { now } = world;
  const failed = now >= action.failsAt;
  const completed = !failed && now >= action.completesAt;
  const startedAt = world.options.clock.now() - (now - action.startedAt);
  const endedAt = startedAt + (action.completesAt - action.startedAt);
  return {
    id: action.id,
    status: failed ? 'errored' : completed ? 'completed' : 'in-progress',
    type: action.type,
    started_at: isoSeconds(startedAt),
    completed_at: completed ? isoSeconds(endedAt) : null,
    resource_id: droplet.id,
    resource_type: 'droplet',
    region,
    region_slug: region.slug,
  };
}

/** Tags are withheld from a token that may not read them. */
export function snapshotBody(
  { id, name, dropletId, regionSlug, sizeGb, minDiskGb, createdAt }: Snapshot,
  token: SandboxToken,
): object {
  return {
    id: String(id),
    name,
    created_at: isoSeconds(createdAt),
    regions: [regionSlug],
    min_disk_size: minDiskGb,
    size_gigabytes: sizeGb,
    resource_id: String(dropletId),
    resource_type: 'droplet',
    tags: hasScope(token, 'tag:read') ? [] : null,
  };
}

export function reservedAddressBody(
  world: World,
  team: Team,
  { ip, region, dropletId }: ReservedAddress,
  token: SandboxToken,
): object {
  const droplet = dropletId === undefined ? undefined : team.droplets.get(dropletId);
  return {
    ip,
    region,
    droplet: droplet === undefined ? null : dropletBody(world, droplet, token),
    locked: false,
    project_id: VPC,
  };
}

export function keyBody({ id, fingerprint, publicKey, name }: Key): object {
  return { id, fingerprint, public_key: publicKey, name };
}

export function tagBody(world: World, team: Team, name: string): object {
  const tagged = [...team.droplets.values()].filter(
    (droplet) => droplet.isListed(world.now) && droplet.visibleTags(world.now).includes(name),
  );
  const last = tagged.at(-1);
  const uri = last && { last_tagged_uri: `${LINK_BASE}/v2/droplets/${last.id}` };
  const none = { count: 0 };
  return {
    name,
    resources: {
      count: tagged.length,
      droplets: { count: tagged.length, ...uri },
      images: none,
      volumes: none,
      volume_snapshots: none,
      databases: none,
      ...uri,
    },
  };
}

/** The private address comes first and earlier, without a gateway (contract: droplet lifecycle). */
function networksBody(droplet: Droplet, now: number): object {
  const { timeline, privateAddress, ipv6, machine } = droplet.options;
  const own = { ip_address: privateAddress, netmask: NETMASK, gateway: '', type: 'private' };
  const open = {
    ip_address: machine.address,
    netmask: NETMASK,
    gateway: PUBLIC_GATEWAY,
    type: 'public',
  };
  const v6 = {
    ip_address: `${IPV6_PREFIX}${machine.address.split('.')[3] ?? ''}`,
    netmask: 64,
    gateway: `${IPV6_PREFIX}1`,
    type: 'public',
  };
  const isPublic = now >= timeline.publicAddressAt;
  return {
    v4: [...(now >= timeline.privateAddressAt ? [own] : []), ...(isPublic ? [open] : [])],
    v6: isPublic && ipv6 ? [v6] : [],
  };
}

function isoSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
