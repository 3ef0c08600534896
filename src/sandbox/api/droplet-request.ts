import { IMAGES, REGIONS, type RegionBody, SIZES, type SizeBody } from '../fixtures.js';
import { hasScope } from '../tokens.js';
import type { Key } from '../world/team.js';
import type { DropletSpecification } from '../world/world.js';
import { type ApiRequest, sample, textIn, unprocessable, valueIn } from './answer.js';
import { findKey } from './keys.js';
import { isTag } from './tags.js';

/** DigitalOcean's grammar of droplet names, and its limits. */
const NAME = /^[a-zA-Z0-9]?[a-z0-9A-Z.-]*[a-z0-9A-Z]$/;
const NAME_MAX = 255;
const USER_DATA_MAX_BYTES = 65_536;
const DEFAULT_REGION = 'nyc3';

/** Parses the body of POST /v2/droplets; throws DigitalOcean's refusal for a bad one. */
export function parseDropletRequest(request: ApiRequest): DropletSpecification {
  const { body } = request;
  requireScopes(request);
  const name = textIn(body, 'name');
  if (name === undefined || name.length > NAME_MAX || !NAME.test(name)) {
    throw sample('error-422-name');
  }
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

function requireSize(slug: unknown, region: RegionBody): SizeBody {
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
