import { readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import type { Operation } from '../../../src/services/provisioning/operations.js';
import { operationTag } from '../../../src/services/provisioning/worker/step.js';
import type { ProvisioningWorld } from '../../fixtures/provisioning-world.js';
import { OLD_RECORD, ZONE } from './world.js';

/** How long the sandbox goes on showing what was deleted. */
const SETTLE_MS = 100;

/** What of the operation exists now and should not: `droplet 606395503`. */
export async function whatIsLeft(
  world: ProvisioningWorld,
  isOnline: boolean,
): Promise<readonly string[]> {
  await delay(SETTLE_MS);
  const { droplets, keys, tags } = world.created();
  const password = p12PasswordKey(world.request.serverId);
  const secrets = [...world.keystore.secrets.keys()];
  const files = await readdir(world.home, { recursive: true });
  const servers = await world.ports.registry.list();
  return [
    ...(isOnline ? [] : droplets.map(({ id }) => `droplet ${id}`)),
    ...keys.map(({ id }) => `ssh-key ${id}`),
    ...tags
      .filter(({ name }) => name === operationTag(world.request.id))
      .map(({ name }) => `tag ${name}`),
    ...secrets
      .filter((name) => !isOnline || name !== `${password.service} ${password.account}`)
      .map((name) => `credential ${name}`),
    ...(isOnline ? [] : servers.map(({ label }) => `server-entry ${label}`)),
    ...files.filter((name) => /^servers\/./.test(name) && !isOnline).map((name) => `file ${name}`),
    ...recordsLeft(world, isOnline),
    ...files.filter((name) => name.endsWith('.tmp')).map((name) => `file ${name}`),
  ];
}

/** A name leads where it led before, or to the server that is online: never to both, and never to one that is gone. */
function recordsLeft({ sandbox, request }: ProvisioningWorld, isOnline: boolean): string[] {
  const { domain } = request;
  if (domain === undefined) return [];
  const now = sandbox.controls.records(ZONE);
  const old = `${OLD_RECORD.type} ${OLD_RECORD.name} ${OLD_RECORD.data}`;
  const names = now.map((record) => record.split(' ')[1]);
  const isWhole = isOnline ? new Set(names).size === names.length : now.join() === old;
  return isWhole ? [] : [`dns-records ${domain.name}`];
}

/**
 * What is left must be named, all of it; where its id could not be found out, by its tag or fingerprint. What is
 * named must be there, unless nobody could look.
 */
export function compareLeftovers(
  left: readonly string[],
  { leftovers }: Operation,
  canLook: boolean,
): string[] {
  const named = leftovers.map(({ kind, id }) => `${kind} ${id}`);
  const covers = (name: string): boolean =>
    named.includes(name) ||
    (name.startsWith('droplet ') && named.some((each) => each.includes('tagged portlama:op:'))) ||
    (name.startsWith('ssh-key ') && named.some((each) => /^ssh-key [0-9a-f]{2}:/.test(each)));
  return [
    ...left.filter((name) => !covers(name)).map((name) => `left over and not named: ${name}`),
    ...named
      .filter((name) => !left.includes(name) && canLook)
      .map((name) => `named as left over and not there: ${name}`),
  ];
}

/** Everything that is wrong with a server that is said to be online. */
export async function checkOnline(world: ProvisioningWorld): Promise<string[]> {
  const { droplets } = world.created();
  const servers = await world.ports.registry.list();
  const [droplet] = droplets;
  return [
    ...(droplets.length === 1 ? [] : [`${droplets.length} droplets`]),
    ...(droplet?.panel === 'up' ? [] : ['the panel is not up']),
    ...(servers.length === 1 ? [] : [`${servers.length} servers in the list`]),
    ...(servers[0]?.providerId === String(droplet?.id) ? [] : ['the entry names another droplet']),
  ];
}
