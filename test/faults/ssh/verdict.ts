import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import { serverFolder } from '../../../src/services/registry/server-files.js';
import { SshError } from '../../../src/services/ssh/ssh-error.js';
import type { ConnectSsh, SshTarget } from '../../../src/services/ssh/ssh.js';
import { whatIsLeft } from '../api/verdict.js';
import { NUMBERED_LINES, type ToldLine, writtenLog } from './installer.js';
import type { SshWorld } from './world.js';

const SETTLE_TRIES = 100;
const SETTLE_MS = 20;
/** Of the program's time. */
const LOGIN_MS = 200_000;

/** Everything that is wrong with a server that came about over connections that broke. */
export async function checkWhole(world: SshWorld): Promise<string[]> {
  const { leftovers, error, status } = await world.operation();
  if (status !== 'succeeded') {
    return [`it is ${status}: ${error?.step} ${error?.code} ${error?.message}`];
  }
  return [
    ...leftovers.map(({ kind, id }) => `named as left over: ${kind} ${id}`),
    ...(await whatIsLeft(world, true)).map((name) => `left over: ${name}`),
    ...(await checkLog(world)),
    ...(await checkFiles(world)),
    ...(await checkHandOver(world)),
    ...(await checkConnections(world)),
  ];
}

/** All of the log, in order, nothing twice, from one run of the installer. */
export async function checkLog(world: SshWorld): Promise<string[]> {
  const written = await writtenLog(world.droplet);
  const told = await toldLog(world);
  const runs = (await world.droplet.calls()).filter((call) => call.startsWith('npx'));
  const numbered = told.map(([text]) => text).filter((text) => text.startsWith('log line '));
  return [
    ...(runs.length === 1 ? [] : [`${runs.length} runs of the installer`]),
    ...firstDifference('the log', told.map(String), written.map(String)),
    ...firstDifference('the numbered lines', numbered, NUMBERED_LINES),
  ];
}

async function toldLog(world: SshWorld): Promise<readonly ToldLine[]> {
  return (await world.records()).flatMap((record): ToldLine[] => {
    if (record.event === 'substep' && record.offset !== undefined) {
      return [[`step ${record.name} ${record.status}`, record.offset]];
    }
    if (record.event === 'log' && record.offset !== undefined) {
      return [[`log ${record.text}`, record.offset]];
    }
    return [];
  });
}

function firstDifference(
  what: string,
  seen: readonly string[],
  expected: readonly string[],
): string[] {
  const length = Math.max(seen.length, expected.length);
  const at = Array.from({ length }, (_, index) => index).find(
    (index) => seen[index] !== expected[index],
  );
  if (at === undefined) return [];
  const show = (list: readonly string[]): string => JSON.stringify(list[at] ?? 'the end');
  return [`${what} differs at line ${at + 1}: ${show(seen)}, expected ${show(expected)}`];
}

export async function checkFiles(world: SshWorld): Promise<string[]> {
  const { home, request, keystore, droplet } = world;
  const pki = join(droplet.root, 'etc/portlama/pki');
  const own = serverFolder(home, request.serverId);
  const pairs = [
    [join(own, 'client.p12'), join(pki, 'client.p12')],
    [join(own, 'panel.pem'), join(pki, 'self-signed.pem')],
    ...(request.installer.endsWith('.tgz')
      ? [[join(droplet.root, 'kept-installer.tgz'), request.installer]]
      : []),
  ] as const;
  const differing: string[] = [];
  for (const [path, original] of pairs as readonly (readonly [string, string])[]) {
    const copy = await readFile(path).catch(() => Buffer.alloc(0));
    if (!copy.equals(await readFile(original))) differing.push(`${path} is not as it was`);
  }
  const password = await keystore.get(p12PasswordKey(request.serverId));
  if (password !== world.panel.files.clientPassword) differing.push('the password is another one');
  return differing;
}

/** The droplet has a host key that is known here and was not injected, and nobody gets in with the temporary key. */
async function checkHandOver(world: SshWorld): Promise<string[]> {
  const { home, request, droplet, sshd, ports } = world;
  const keyFile = join(serverFolder(home, request.serverId), 'host-key.pub');
  const known = (await readFile(keyFile, 'utf8').catch(() => '')).trim();
  const inForce = (await droplet.read('etc/ssh/ssh_host_ed25519_key.pub')).trim();
  const authorized = await droplet.read('root/.ssh/authorized_keys');
  const folders = (await readdir(droplet.home)).filter((name) => name !== '.ssh');
  const output = await world.output('cleanup');
  const target = { ...sshd.target, hostKey: known };
  const verdict = await tryLogin(ports.connectSsh, target);
  return [
    ...(known === inForce ? [] : ['the host key in force is not the one that is known']),
    ...(output.hostKey === known ? [] : ['the journal has another host key']),
    ...(sshd.hostKey.publicKey.includes(known) ? ['the injected host key is still known'] : []),
    ...(authorized === '' ? [] : ['the temporary key is still in authorized_keys']),
    ...folders.map((name) => `left on the droplet: ${name}`),
    ...(verdict === undefined ? [] : [verdict]),
  ];
}

/** Undefined when the droplet is the one that was expected, and refuses. */
async function tryLogin(connectSsh: ConnectSsh, target: SshTarget): Promise<string | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      (await connectSsh(target, { timeoutMs: LOGIN_MS })).close();
      return 'the temporary key opens it';
    } catch (error) {
      if (!(error instanceof SshError)) throw error;
      if (error.code === 'authentication-failed') return undefined;
      // sshd is away for a moment while it takes its new key.
      if (!error.retryable || tries > SETTLE_TRIES) return error.message;
      await delay(SETTLE_MS);
    }
  }
}

/** Nothing stays open here, whatever the other side believes. */
export async function checkConnections({ proxy }: SshWorld): Promise<string[]> {
  for (let tries = 0; proxy.open > 0 && tries < SETTLE_TRIES; tries++) await delay(SETTLE_MS);
  return proxy.open === 0 ? [] : [`${proxy.open} connections are still open`];
}
