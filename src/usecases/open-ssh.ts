import { InputError } from '../core/errors.js';
import { shellWord } from '../core/shell-word.js';
import { dropletIdOf, type ServerEntry } from '../services/registry/registry.js';
import { programLine } from '../words/hints.js';
import { serverName } from '../words/servers.js';
import { addKeyLines, consoleUrl } from '../words/ssh.js';
import { chooseSshKeys } from './ssh-keys.js';
import { requireServer } from './servers.js';
import type { KeyWork, Work } from './work.js';

/**
 * Runs the system's ssh on a server as root, with the host key that was pinned when it was made. Resolves to its exit
 * code. Throws `host-key-missing` where none is kept, `ssh-key-none` where no key of the person is on the droplet.
 */
export async function openSsh(
  wanted: string,
  command: readonly string[],
  work: KeyWork,
): Promise<number> {
  const server = await requireServer(work, wanted);
  const hostKey = await work.ssh.hostKey(server.id);
  if (hostKey === undefined) throw hostKeyMissing(server);
  const { sshKeys = [] } = await work.readServerMeta(server.id);
  if (sshKeys.length === 0) throw noKey(server, work);
  const keyFile = sshKeys.find((key) => key.file !== undefined)?.file;
  return await work.ssh.run({ server, hostKey, command, keyFile });
}

/** Says how to put a key on a droplet by its console, and counts on it from now on. */
export async function addSshKey(wanted: string, wish: string, work: Work): Promise<ServerEntry> {
  const server = await requireServer(work, wanted);
  if (dropletIdOf(server) === undefined) throw hostKeyMissing(server);
  const keys = await chooseSshKeys(wish, work);
  await work.changeServerMeta(server.id, ({ sshKeys = [] }) => {
    const others = sshKeys.filter((one) => keys.every(({ sha256 }) => sha256 !== one.sha256));
    return { sshKeys: [...others, ...keys.map(({ sha256, file }) => ({ sha256, file }))] };
  });
  const lines = addKeyLines(
    server,
    keys.map(({ line }) => line),
  );
  for (const line of lines) work.face.say(line);
  const next = programLine(`servers ssh ${shellWord(serverName(server))}`, work.environment);
  work.face.say(`Then: ${next}`, 'advice');
  return server;
}

function noKey(server: ServerEntry, { environment }: KeyWork): InputError {
  const add = `servers ssh ${shellWord(serverName(server))} --ssh-key ~/.ssh/id_ed25519.pub`;
  return new InputError({
    code: 'ssh-key-none',
    message: `${server.label} has none of your SSH keys: the temporary one was removed at the end of its provisioning.`,
    hint: [
      `DigitalOcean’s console opens it: ${consoleUrl(server)}`,
      { lead: 'For the lines that add a key there', shellLine: programLine(add, environment) },
    ],
  });
}

function hostKeyMissing({ label, ip }: ServerEntry): InputError {
  return new InputError({
    code: 'host-key-missing',
    message: `The SSH host key of ${label} is not stored here, so the identity of ${label} cannot be verified.`,
    hint: `Host keys are stored for servers created here. To rely on your own known_hosts: ssh root@${ip}`,
  });
}
