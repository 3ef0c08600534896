import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/time.js';
import { p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import { connectProxyDial } from '../../../src/services/network/dial.js';
import { createHealthCheck } from '../../../src/services/health/panel-health-check.js';
import { isUpkeep } from '../../../src/services/provisioning/journal/records.js';
import type { Operation } from '../../../src/services/provisioning/operations.js';
import type { CrashWorld } from './crash-world.js';

const SERVER_FILES = ['client.p12', 'host-key.pub', 'meta.json', 'panel.pem'];

/** Everything that is wrong with a world in which nothing may be left of the operation. */
export async function checkNothingLeft(
  world: CrashWorld,
  mayHaveStaleLock = false,
): Promise<string[]> {
  const { keys, tags } = world.sandbox.state();
  const servers = await world.registry.list();
  return [
    ...left('droplet', world.droplets(), ({ id }) => `${id}`),
    ...left('key', keys, ({ name }) => name),
    ...left('tag', tags, ({ name }) => (name.startsWith('portlama:op:') ? name : undefined)),
    ...left('credential', await world.secretNames(), (name) => name),
    ...left('server', servers, ({ label }) => label),
    ...(await checkRecords(world, ['A lab 198.51.100.7'])),
    ...(await checkFiles(world, [], mayHaveStaleLock)),
  ];
}

/** Everything that is wrong with a world in which one server must be online, and nothing temporary left. */
export async function checkOnline(
  world: CrashWorld,
  operation: Operation,
  mayHaveStaleLock = false,
): Promise<string[]> {
  const { keys, tags } = world.sandbox.state();
  const living = world.droplets();
  const password = p12PasswordKey(operation.request.serverId);
  const servers = await world.registry.list();
  const [server] = servers;
  const violations = [
    ...(living.length === 1 ? [] : [`${living.length} droplets`]),
    ...left('key', keys, ({ name }) => name),
    ...left('tag', tags, ({ name }) => (name.startsWith('portlama:op:') ? name : undefined)),
    ...left('credential', await world.secretNames(), (name) =>
      name === `${password.service} ${password.account}` ? undefined : name,
    ),
    ...(servers.length === 1 ? [] : [`${servers.length} servers in the list`]),
    ...(await checkFiles(world, SERVER_FILES, mayHaveStaleLock)),
    ...(await checkDroplet(world, living[0]?.id, operation)),
  ];
  if (server === undefined) return [...violations, 'no server in the list'];
  if (domainOf(operation) !== undefined)
    violations.push(...(await checkRecords(world, [`A *.lab ${server.ip}`, `A lab ${server.ip}`])));
  if (!server.active) violations.push('the server is not active');
  if (server.providerId !== String(living[0]?.id))
    violations.push('the entry names another droplet');
  const health = createHealthCheck({
    home: world.home,
    dial: connectProxyDial(world.sandbox.url),
    keystore: world.keystore,
    clock: systemClock,
  });
  try {
    const { signal } = new AbortController();
    const result = await health.check(server, { signal, fresh: true });
    if (!('latencyMs' in result)) violations.push(`not online: ${JSON.stringify(result)}`);
  } finally {
    health.dispose();
  }
  return violations;
}

function domainOf({ request }: Operation): unknown {
  return isUpkeep(request) ? undefined : request.domain;
}

async function checkRecords(world: CrashWorld, expected: readonly string[]): Promise<string[]> {
  const found = await world.dnsRecords();
  return found.join() === expected.join() ? [] : [`DNS records: ${found.join(', ')}`];
}

/** The temporary key opens nothing any more, and the host key that was in user data is gone. */
async function checkDroplet(
  { sandbox, home }: CrashWorld,
  id: number | undefined,
  { request }: Operation,
): Promise<string[]> {
  if (id === undefined) return [];
  const kept = await readFile(
    join(home, 'servers', request.serverId, 'host-key.pub'),
    'utf8',
  ).catch(() => 'none');
  const read = (path: string): string => sandbox.controls.readFile(id, path) ?? '';
  const keys = read('/root/.ssh/authorized_keys').trim();
  const hostKey = read('/etc/ssh/ssh_host_ed25519_key.pub');
  return [
    ...(keys === '' ? [] : [`a key may still log in: ${keys}`]),
    ...(hostKey.includes(kept.trim().split(' ')[1] ?? '?') ? [] : ['another host key than kept']),
  ];
}

/** In the home folder but for the journal and the registry; in the folder for temporary files nothing. */
async function checkFiles(
  world: CrashWorld,
  serverFiles: readonly string[],
  mayHaveStaleLock: boolean,
): Promise<string[]> {
  const files = await readdir(world.home, { recursive: true });
  const scratch = await readdir(world.scratch);
  const allowed = [
    /^\.sandbox$/,
    /^sandbox\.(json|[0-9a-f]{12}\.sock)$/,
    /^vault(\.[a-z]+|\/.*)?$/,
    // Nobody has needed the lock since: the next one that does takes it over.
    ...(mayHaveStaleLock ? [/^\.provisioning\.lock$/] : []),
    /^servers\.json(\.[a-z-]+)?$/,
    /^servers(\/[0-9a-f-]{36})?$/,
    /^operations(\/[0-9a-f]{16}(\/journal\.ndjson)?)?$/,
    ...serverFiles.map((name) => new RegExp(`^servers/[0-9a-f-]{36}/${name}$`)),
  ];
  return [
    ...files.filter((file) => !allowed.some((pattern) => pattern.test(file))),
    ...serverFiles
      .filter((name) => !files.some((file) => file.endsWith(`/${name}`)))
      .map((name) => `no ${name}`),
    ...(serverFiles.length === 0 ? files.filter((file) => /^servers\/./.test(file)) : []),
    ...scratch,
  ].map((file) => `file: ${file}`);
}

function left<T>(
  kind: string,
  items: readonly T[],
  nameOf: (item: T) => string | undefined,
): string[] {
  return items.flatMap((item) => {
    const name = nameOf(item);
    return name === undefined ? [] : [`left over: ${kind} ${name}`];
  });
}
