import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import type { Droplet, Key } from '../world/team.js';
import { hasScope } from '../tokens.js';
import {
  type Answer,
  ApiRefusal,
  type ApiRequest,
  paginate,
  sample,
  textIn,
  unprocessable,
  valueIn,
} from './answer.js';
import { keyBody, tagBody } from './bodies.js';

export function listKeys({ team, query }: ApiRequest): Answer {
  const all = [...team.keys.values()].map(keyBody);
  const { items, links, meta } = paginate(all, '/v2/account/keys', query);
  return { status: 200, body: { ssh_keys: items, links, meta } };
}

export function createKey({ world, team, body }: ApiRequest): Answer {
  const publicKey = textIn(body, 'public_key')?.trim();
  const name = textIn(body, 'name');
  const fingerprint = publicKey === undefined ? undefined : fingerprintOf(publicKey);
  if (publicKey === undefined || name === undefined || fingerprint === undefined) {
    throw sample('error-422-ssh-key-invalid');
  }
  // Duplicates are found by key material; names may be the same.
  if (findKey(team.keys, fingerprint) !== undefined) throw sample('error-422-ssh-key-duplicate');
  const usableAt = world.now + world.options.delays.keyUsableMs;
  const key: Key = { id: world.takeKeyId(), name, publicKey, fingerprint, usableAt };
  team.keys.set(key.id, key);
  return { status: 201, body: { ssh_key: keyBody(key) } };
}

export function getKey(request: ApiRequest): Answer {
  return { status: 200, body: { ssh_key: keyBody(requireKey(request)) } };
}

export function renameKey(request: ApiRequest): Answer {
  const key = requireKey(request);
  key.name = textIn(request.body, 'name') ?? key.name;
  return { status: 200, body: { ssh_key: keyBody(key) } };
}

export function deleteKey(request: ApiRequest): Answer {
  request.team.keys.delete(requireKey(request).id);
  return { status: 204 };
}

/** By id or MD5 fingerprint. */
export function findKey(
  keys: ReadonlyMap<number, Key>,
  identifier: number | string,
): Key | undefined {
  const wanted = String(identifier);
  return [...keys.values()].find((key) => String(key.id) === wanted || key.fingerprint === wanted);
}

function requireKey({ team, parameters }: ApiRequest): Key {
  const key = findKey(team.keys, parameters['ssh_key_identifier'] ?? '');
  if (key === undefined) throw sample('error-404');
  return key;
}

/** MD5 of the key's blob; undefined for what is no public key. */
function fingerprintOf(line: string): string | undefined {
  const parsed = ssh2.utils.parseKey(line);
  if (parsed instanceof Error || parsed.isPrivateKey()) return undefined;
  const digest = createHash('md5').update(parsed.getPublicSSH()).digest('hex');
  return digest.match(/../g)?.join(':');
}

/** DigitalOcean's grammar of tags. */
const TAG = /^[a-zA-Z0-9_:-]{1,255}$/;

export function isTag(name: unknown): name is string {
  return typeof name === 'string' && TAG.test(name);
}

export function listTags({ world, team, query }: ApiRequest): Answer {
  const all = [...team.tags].map((name) => tagBody(world, team, name));
  const { items, links, meta } = paginate(all, '/v2/tags', query);
  return { status: 200, body: { tags: items, links, meta } };
}

/** Leaves an existing tag unchanged; DigitalOcean's behaviour is undocumented. */
export function createTag({ world, team, body }: ApiRequest): Answer {
  const name = textIn(body, 'name') ?? '';
  if (!isTag(name)) throw invalidTag(name);
  team.tags.add(name);
  return { status: 201, body: { tag: tagBody(world, team, name) } };
}

export function getTag(request: ApiRequest): Answer {
  return { status: 200, body: { tag: tagBody(request.world, request.team, requireTag(request)) } };
}

export function deleteTag(request: ApiRequest): Answer {
  const name = requireTag(request);
  request.team.tags.delete(name);
  for (const droplet of request.team.droplets.values()) droplet.tags.delete(name);
  return { status: 204 };
}

export function tagResources(request: ApiRequest): Answer {
  const name = requireTag(request);
  for (const droplet of namedDroplets(request)) droplet.tags.add(name);
  return { status: 204 };
}

export function untagResources(request: ApiRequest): Answer {
  const name = requireTag(request);
  for (const droplet of namedDroplets(request)) droplet.tags.delete(name);
  return { status: 204 };
}

function requireTag({ team, parameters }: ApiRequest): string {
  const name = parameters['tag_id'] ?? '';
  if (!team.tags.has(name)) throw sample('error-404');
  return name;
}

function namedDroplets({ world, team, token, body }: ApiRequest): Droplet[] {
  // Tagging a droplet changes it (scopes of the contract).
  if (!hasScope(token, 'droplet:update')) throw sample('error-403-scope');
  const resources = valueIn(body, 'resources');
  if (!Array.isArray(resources)) throw unprocessable('resources must be a list.');
  return resources.map((resource: unknown) => {
    const droplet = team.droplets.get(Number(textIn(resource, 'resource_id')));
    if (textIn(resource, 'resource_type') !== 'droplet' || !droplet?.isReadable(world.now)) {
      throw sample('error-404');
    }
    return droplet;
  });
}

/** The one error with another form than all others. */
function invalidTag(name: string): ApiRefusal {
  const error = `Error validating resource tag: "tag-name \\"${name}\\" contains invalid characters"`;
  return new ApiRefusal({
    status: 400,
    body: {
      error,
      messages: null,
      root_causes: [`rpc error: code = InvalidArgument desc = ${error}`],
    },
  });
}
