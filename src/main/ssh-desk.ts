import { existsSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { resolve } from 'node:path';
import { onEnding } from '../cli/endings.js';
import { NAME_PREFIX } from '../core/product.js';
import { toDisposable, type Disposable } from '../core/lifecycle.js';
import { readServerFile, writeServerFile } from '../services/registry/server-files.js';
import { discard } from '../services/network/dial.js';
import type { SshDesk } from '../usecases/work.js';
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
    async hostKey(serverId) {
      const content = await readServerFile(home, serverId, 'host-key.pub');
      return content?.toString('utf8').trim();
    },
    async run({ server, hostKey, keyFile, command }) {
      const { runSystemSsh } = await import('../services/ssh/system-ssh.js');
      const hostKeyAlias = `${NAME_PREFIX}${server.id}`;
      const line = `${hostKeyAlias} ${hostKey}\n`;
      const knownHosts = await writeServerFile(home, server.id, 'known_hosts', line);
      const way = await openWay(world, server.ip);
      let ending: Disposable | undefined;
      try {
        const identity = identityBeside(keyFile);
        const target = { ...way, user: 'root', hostKeyAlias, knownHosts, identity, command };
        return await runSystemSsh(target, (end) => {
          // Ctrl-C is for what runs there; ssh has it from the terminal as well.
          ending = onEnding((signal) => (signal === 'SIGINT' ? undefined : end(signal)));
        });
      } finally {
        ending?.dispose();
        way.dispose();
      }
    },
  };
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
