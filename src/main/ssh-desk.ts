import { existsSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { resolve } from 'node:path';
import { onEnding } from '../cli/endings.js';
import { NAME_PREFIX } from '../core/product.js';
import { toDisposable, type Disposable } from '../core/lifecycle.js';
import { readHostKey, writeServerFile } from '../services/registry/server-files.js';
import { discard } from '../services/network/dial.js';
import type { SshTarget } from '../services/ssh/system-ssh.js';
import type { SshDesk, SshLogin } from '../usecases/work.js';
import type { World } from './world.js';

const SSH_PORT = 22;
const CONNECT_MS = 15_000;

/** Wires a person's own SSH keys, and the system's ssh. */
export function createSshDesk(world: World, environment: NodeJS.ProcessEnv): SshDesk {
  const { home } = world;
  // Late: these bring ssh2 and got, which no start needs.
  const sources = () => import('../services/ssh/key-sources.js');
  return {
    async keyOfFile(typed) {
      const file = resolve(typed);
      return { ...(await (await sources()).keyOfFile(file)), file };
    },
    keysOfAgent: async () => (await sources()).keysOfAgent(environment['SSH_AUTH_SOCK']),
    keysOfGitHub: async (user, signal) =>
      (await sources()).keysOfGitHub(user, { baseUrl: world.settings.githubUrl, signal }),
    readKeys: async (text, source) =>
      (await import('../services/ssh/public-keys.js')).readPublicKeys(text, source),
    hostKey: (serverId) => readHostKey(home, serverId),
    async run({ command, ...login }) {
      const { runSystemSsh } = await import('../services/ssh/system-ssh.js');
      const way = await openWay(world, login.server.ip);
      let ending: Disposable | undefined;
      try {
        const target = { ...(await loginTarget(home, login)), ...way, command };
        return await runSystemSsh(target, (end) => {
          // Ctrl-C is for what runs there; ssh has it from the terminal as well.
          ending = onEnding((signal) => (signal === 'SIGINT' ? undefined : end(signal)));
        });
      } finally {
        ending?.dispose();
        way.dispose();
      }
    },
    async readLog({ unit, lines, ...login }, signal) {
      const { readUnitLog } = await import('../services/ssh/unit-log.js');
      const way = await openWay(world, login.server.ip);
      try {
        const target = { ...(await loginTarget(home, login)), ...way };
        return await readUnitLog(target, unit, lines, environment, signal);
      } finally {
        way.dispose();
      }
    },
    async connect({ privateKey, ...login }, signal) {
      const { server, hostKey } = login;
      if (privateKey !== undefined) {
        const { connectSsh } = await import('../services/ssh/connect.js');
        const target = { host: server.ip, port: SSH_PORT, username: 'root', privateKey, hostKey };
        const options = { timeoutMs: CONNECT_MS, signal };
        return await connectSsh({ ...target, dial: world.dial }, options);
      }
      const { systemShell } = await import('../services/ssh/system-shell.js');
      const way = await openWay(world, server.ip);
      const target = { ...(await loginTarget(home, login)), ...way };
      const shell = systemShell(target, hostKey, environment);
      return { exec: shell.exec, close: () => way.dispose() };
    },
    async showHostKey({ ip }, signal) {
      const { showHostKey } = await import('../services/ssh/show-host-key.js');
      const target = { host: ip, port: SSH_PORT, dial: world.dial };
      return await showHostKey(target, { timeoutMs: CONNECT_MS, signal });
    },
    async pinHostKey(serverId, line) {
      await writeServerFile(home, serverId, 'host-key.pub', `${line}\n`);
    },
  };
}

/** Login as root on a server, whose host key is the only one that ssh believes. */
async function loginTarget(
  home: string,
  { server, hostKey, keyFile }: SshLogin,
): Promise<Pick<SshTarget, 'user' | 'hostKeyAlias' | 'knownHosts' | 'identity'>> {
  const hostKeyAlias = `${NAME_PREFIX}${server.id}`;
  const line = `${hostKeyAlias} ${hostKey}\n`;
  const knownHosts = await writeServerFile(home, server.id, 'known_hosts', line);
  return { user: 'root', hostKeyAlias, knownHosts, identity: identityBeside(keyFile) };
}

/** The private key beside a public one; the public one, for a key that only an agent holds. */
function identityBeside(publicFile = ''): string | undefined {
  return [publicFile.replace(/\.pub$/, ''), publicFile].find((path) => existsSync(path));
}

/** The droplet's own address; for the sandbox, whose droplets no other program reaches, a port of this machine. */
async function openWay(
  { settings, dial }: World,
  ip: string,
): Promise<{ readonly host: string; readonly port: number } & Disposable> {
  if (!settings.sandbox) return { host: ip, port: SSH_PORT, ...toDisposable(() => undefined) };
  const server: Server = createServer((socket) => {
    socket.on('error', () => discard(socket));
    dial(ip, SSH_PORT, { timeoutMs: CONNECT_MS }).then(
      (far) => {
        far.on('error', () => discard(far));
        far.on('close', () => socket.destroy());
        socket.on('close', () => far.destroy());
        socket.pipe(far).pipe(socket);
      },
      () => discard(socket),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { host: '127.0.0.1', port, ...toDisposable(() => server.close()) };
}
