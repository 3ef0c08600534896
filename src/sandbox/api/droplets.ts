import { hasScope } from '../tokens.js';
import { type Droplet, existingDroplets, type Key } from '../world/team.js';
import { IMAGES, type RegionBody, REGIONS, type SizeBody, SIZES } from '../fixtures.js';
import type { DropletSpecification } from '../world/world.js';
import {
  type Answer,
  type ApiRequest,
  paginate,
  sample,
  textIn,
  unprocessable,
  valueIn,
} from './answer.js';
import { dropletBody } from './bodies.js';
import { findKey, isTag } from './keys-and-tags.js';

const LINK_BASE = 'https://api.digitalocean.com';

export function listDroplets(request: ApiRequest): Answer {
  const { world, token, query } = request;
  const all = matchingDroplets(request).map((droplet) => dropletBody(world, droplet, token));
  const { items, links, meta } = paginate(all, '/v2/droplets', query);
  return { status: 200, body: { droplets: items, links, meta } };
}

export function createDroplet(request: ApiRequest): Answer {
  const { world, team, token } = request;
  const { status } = team.account;
  const specification = parseDropletRequest(request);
  // No capture of these two texts is public.
  if (status === 'locked')
    throw unprocessable('Your account is locked. Please check your billing.');
  if (!team.account.email_verified) throw unprocessable('Please verify your email address.');
  const limit = token.dropletLimit ?? team.account.droplet_limit;
  if (existingDroplets(team, world.now).length >= limit) throw sample('error-422-droplet-limit');
  const droplet = world.createDroplet(team, specification);
  if (droplet === undefined) throw sample('error-422-droplet-limit');
  const actions = droplet.actions.map(({ id }) => ({
    id,
    rel: 'create',
    href: `${LINK_BASE}/v2/actions/${id}`,
  }));
  // The answer is written before anything has begun.
  const body = {
    ...dropletBody(world, droplet, token),
    status: 'new',
    networks: { v4: [], v6: [] },
  };
  return { status: 202, body: { droplet: body, links: { actions } } };
}

export function getDroplet(request: ApiRequest): Answer {
  const { world, token } = request;
  const droplet = requireDroplet(request);
  return { status: 200, body: { droplet: dropletBody(world, droplet, token) } };
}

export function deleteDroplet(request: ApiRequest): Answer {
  remove(request, requireDroplet(request));
  return { status: 204 };
}

/** Deletes nothing when no droplet carries the tag; DigitalOcean's behaviour is undocumented. */
export function deleteDropletsByTag(request: ApiRequest): Answer {
  if (!request.query.get('tag_name')) throw sample('error-404');
  for (const droplet of matchingDroplets(request)) remove(request, droplet);
  return { status: 204 };
}

/** Deleting one that is still being made does not work (contract: droplet lifecycle). */
function remove({ world }: ApiRequest, droplet: Droplet): void {
  if (droplet.status(world.now) === 'new' && !droplet.isDeleted) {
    throw sample('error-422-pending-event');
  }
  droplet.delete(world.now + world.options.delays.deleteMs);
}

function matchingDroplets({ world, team, token, query }: ApiRequest): Droplet[] {
  const { now } = world;
  const tag = query.get('tag_name');
  const name = query.get('name')?.toLowerCase();
  if (tag !== null && !hasScope(token, 'tag:read')) throw sample('error-403-scope');
  if (tag !== null && name !== undefined) throw unprocessable('Use tag_name or name, not both.');
  return [...team.droplets.values()].filter(
    (droplet) =>
      droplet.isListed(now) &&
      (tag === null || droplet.visibleTags(now).includes(tag)) &&
      (name === undefined || droplet.name.toLowerCase() === name),
  );
}

/** The droplet that the path names, where it can be read yet. */
export function requireDroplet({ world, team, parameters }: ApiRequest): Droplet {
  const droplet = team.droplets.get(Number(parameters['droplet_id']));
  if (!droplet?.isReadable(world.now)) throw sample('error-404');
  return droplet;
}

export function requireName(name: string | undefined): string {
  if (name === undefined || name.length > NAME_MAX || !NAME.test(name)) {
    throw sample('error-422-name');
  }
  return name;
}

/** DigitalOcean's grammar of droplet names, and its limits. */
const NAME = /^[a-zA-Z0-9]?[a-z0-9A-Z.-]*[a-z0-9A-Z]$/;
const NAME_MAX = 255;
const USER_DATA_MAX_BYTES = 65_536;
const DEFAULT_REGION = 'nyc3';

/** Parses the body of POST /v2/droplets; throws DigitalOcean's refusal for a bad one. */
export function parseDropletRequest(request: ApiRequest): DropletSpecification {
  const { body } = request;
  requireScopes(request);
  const name = requireName(textIn(body, 'name'));
  const region = requireRegion(valueIn(body, 'region') ?? DEFAULT_REGION);
  const size = requireSize(valueIn(body, 'size'), region);
  requireImage(valueIn(body, 'image'));
  const keys = requireKeys(request);
  return {
    name,
    region,
    size,
    tags: requireTags(body),
    userData: requireUserData(body),
    authorizedKeys: keys.map((key) => key.publicKey),
    ipv6: valueIn(body, 'ipv6') === true,
  };
}

/** Requires the extra scopes for resources that the droplet refers to (contract: scopes). */
function requireScopes({ token, body }: ApiRequest): void {
  const needed = ['image:read'];
  if (listIn(body, 'tags').length > 0) needed.push('tag:create');
  if (listIn(body, 'ssh_keys').length > 0) needed.push('ssh_key:read');
  if (!needed.every((scope) => hasScope(token, scope))) throw sample('error-403-scope');
}

function requireRegion(slug: unknown): RegionBody {
  const region = REGIONS.find((candidate) => candidate.slug === slug);
  if (region === undefined) throw sample('error-422-region-invalid');
  if (!region.available) throw sample('error-422-region-unavailable');
  return region;
}

/** A size that the region has. */
export function requireSize(slug: unknown, region: RegionBody): SizeBody {
  const size = SIZES.find((candidate) => candidate.slug === slug);
  if (size === undefined || !size.available) throw sample('error-422-size-invalid');
  if (!size.regions.includes(region.slug)) throw sample('error-422-size-region');
  return size;
}

function requireImage(wanted: unknown): void {
  const known = IMAGES.some(({ id, slug }) => wanted === id || wanted === slug);
  if (!known) throw sample('error-422-image-invalid');
}

function requireKeys({ world, team, body }: ApiRequest): Key[] {
  const wanted = listIn(body, 'ssh_keys').map(String);
  const usable = (identifier: string): Key | undefined => {
    const key = findKey(team.keys, identifier);
    return key !== undefined && world.now >= key.usableAt ? key : undefined;
  };
  const unknown = wanted.filter((identifier) => usable(identifier) === undefined);
  if (unknown.length > 0) {
    const message = `${unknown.join(', ')} are invalid key identifiers for Droplet creation.`;
    throw sample('error-422-ssh-key-unknown', message);
  }
  return wanted.flatMap((identifier) => usable(identifier) ?? []);
}

function requireTags(body: unknown): string[] {
  const tags = listIn(body, 'tags');
  if (!tags.every(isTag)) throw unprocessable('Tag name contains invalid characters.');
  return tags;
}

function requireUserData(body: unknown): string {
  const userData = valueIn(body, 'user_data') ?? '';
  if (typeof userData !== 'string') throw unprocessable('User data must be text.');
  if (Buffer.byteLength(userData) > USER_DATA_MAX_BYTES) {
    throw unprocessable('User data must be 64KiB or less.');
  }
  return userData;
}

function listIn(body: unknown, name: string): unknown[] {
  const value = valueIn(body, name);
  return Array.isArray(value) ? value : [];
}
