import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import type { Key } from '../world/team.js';
import { type Answer, type ApiRequest, paginate, sample, textIn } from './answer.js';
import { keyBody } from './bodies.js';

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
