import { lstat, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { systemCodeOf } from '../../core/errors.js';
import type { Clock } from '../../core/time.js';
import {
  asFileError,
  FileError,
  makePrivateFolder,
  refuseSymbolicLink,
  syncFolder,
  temporaryBeside,
  wipeFile,
  writeFileAtomic,
} from '../files/atomic.js';
import { withLockFile } from '../files/lock-file.js';
import { readPrivateFile, readSmallFile } from '../files/private-file.js';
import { HOST_KEY_TYPE, parsePublicKey } from '../ssh/keys.js';
import type { ServerEntry } from './registry.js';

/**
 * Files kept per server: facts of this program alone (JSON), the admin certificate with its key, or alone (PEM) when the key is in a
 * keychain, the panel's pinned one (PEM), the SSH host key (one line, and once more as ssh reads it).
 */
export type ServerFileName =
  | 'client.p12'
  | 'client.pem'
  | 'panel.pem'
  | 'host-key.pub'
  | 'known_hosts'
  | 'meta.json'
  | 'meta.json.unreadable';

/** More than all files of a server together (about 8 kB). */
const PROBE_BYTES = 32 * 1024;

/** `<home>/servers/<id>`. Ids come from a file that others write too: one that is no plain name is refused. */
export function serverFolder(home: string, id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(id)) return join(home, 'servers', id);
  throw new FileError({
    code: 'server-id-invalid',
    message: `The server id ${JSON.stringify(id)} cannot name a folder.`,
    hint: 'Correct the entry in servers.json: an id is a UUID.',
  });
}

/** Undefined when there is no such file. Refuses symbolic links. */
export async function readServerFile(
  home: string,
  id: string,
  name: ServerFileName,
): Promise<Buffer | undefined> {
  const folder = serverFolder(home, id);
  await refuseSymbolicLink(folder);
  return await readPrivateFile(join(folder, name));
}

/**
 * SSH host key that is kept for a server: `ssh-ed25519 AAAA…`. Undefined where there is none, and where the file is damaged:
 * it would make the right server look like another one.
 */
export async function readHostKey(home: string, id: string): Promise<string | undefined> {
  const content = await readServerFile(home, id, 'host-key.pub');
  const blob = content === undefined ? undefined : parsePublicKey(content.toString('utf8'));
  return blob === undefined ? undefined : `${HOST_KEY_TYPE} ${blob.toString('base64')}`;
}

/** The certificate where the entry says it is, else where this program keeps it. */
export async function readServerP12(
  home: string,
  server: Pick<ServerEntry, 'id' | 'p12Path'>,
): Promise<Buffer | undefined> {
  const { id, p12Path } = server;
  if (p12Path === undefined || !isAbsolute(p12Path)) return readServerFile(home, id, 'client.p12');
  return await readSmallFile(p12Path);
}

/**
 * Differs when the file that `readServerP12` or `readServerFile` reads was changed; the same while there is none. Of the
 * folder (`.`): when a file in it was replaced, added or taken away.
 */
export async function markOf(
  home: string,
  server: Pick<ServerEntry, 'id' | 'p12Path'>,
  name: ServerFileName | '.',
): Promise<string> {
  const { id, p12Path } = server;
  const isElsewhere = name === 'client.p12' && p12Path !== undefined && isAbsolute(p12Path);
  const path = isElsewhere ? p12Path : join(serverFolder(home, id), name);
  try {
    const { ino, size, mtimeMs, ctimeMs, mode } = await lstat(path);
    return [ino, size, mtimeMs, ctimeMs, mode].join(' ');
  } catch (error) {
    return systemCodeOf(error) ?? 'unreadable';
  }
}

/** Runs what reads a file of a server and writes it changed, while no other process of ours does. */
export async function changeServerFiles<T>(
  home: string,
  clock: Clock,
  work: () => Promise<T>,
): Promise<T> {
  await makePrivateFolder(home);
  return await withLockFile(join(home, '.meta.lock'), clock, work);
}

/** Writes the file whole or not at all, 0600 in folders of 0700. Resolves to its path. */
export async function writeServerFile(
  home: string,
  id: string,
  name: ServerFileName,
  content: string | Uint8Array,
): Promise<string> {
  return await writeInto(home, serverFolder(home, id), name, content);
}

/** Proves that files of a new server can be written, and leaves nothing. Rejects as `writeServerFile` would. */
export async function probeServerFiles(home: string): Promise<void> {
  // A temporary name: what a crash leaves is removed by the next worker.
  const folder = temporaryBeside(join(home, 'servers', 'probe'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await writeInto(home, folder, 'client.p12', Buffer.alloc(PROBE_BYTES));
  } catch (error) {
    await remove().catch(() => undefined);
    throw error;
  }
  await remove();
}

async function writeInto(
  home: string,
  folder: string,
  name: ServerFileName,
  content: string | Uint8Array,
): Promise<string> {
  for (const path of [home, join(home, 'servers'), folder]) await makePrivateFolder(path);
  const path = join(folder, name);
  await writeFileAtomic(path, content);
  return path;
}

/** Removes one file of a server. False when there was none. */
export async function removeServerFile(
  home: string,
  id: string,
  name: ServerFileName,
): Promise<boolean> {
  const folder = serverFolder(home, id);
  await refuseSymbolicLink(folder);
  try {
    await rm(join(folder, name));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw asFileError(error, folder);
  }
  await syncFolder(folder);
  return true;
}

/** Writes zeros over one file of a server and removes it. Does nothing when there is none. */
export async function wipeServerFile(
  home: string,
  id: string,
  name: ServerFileName,
): Promise<void> {
  const folder = serverFolder(home, id);
  await refuseSymbolicLink(folder);
  await refuseSymbolicLink(join(folder, name));
  await wipeFile(join(folder, name));
}

/** Removes the server's folder with everything in it. False when there was none. */
export async function removeServerFiles(home: string, id: string): Promise<boolean> {
  const folder = serverFolder(home, id);
  await refuseSymbolicLink(join(home, 'servers'));
  await refuseSymbolicLink(folder);
  try {
    await lstat(folder);
    await rm(folder, { recursive: true });
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw asFileError(error, folder);
  }
  await syncFolder(join(home, 'servers'));
  return true;
}
