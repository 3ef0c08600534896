import { ENV } from '../../core/product.js';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { systemCodeOf } from '../../core/errors.js';
import { writeNewFile } from '../../services/files/atomic.js';
import { SandboxError } from '../folder.js';

/**
 * Record left by a sandbox daemon in its folder, `sandbox.json` (0600), for the user's other
 * programs. Holds nothing secret and is not trusted: the socket lies in the same folder, where no
 * other user can create one.
 */
export interface SandboxRecord {
  /** Name of its socket in the folder. */
  readonly socket: string;
  /** Tells this world from any other. */
  readonly world: string;
  readonly pid: number;
}

/** Longest portable path of a socket, in bytes (sun_path of macOS without the terminator). */
const MAX_SOCKET_PATH = 103;
const SOCKET_NAME = /^sandbox\.[0-9a-f]{12}\.sock$/;

/** A name for a socket that no other sandbox has had. */
export function newSocketName(): string {
  return `sandbox.${randomBytes(6).toString('hex')}.sock`;
}

/** Rejects a folder whose name leaves no room for a socket. */
export function socketPathIn(home: string, name: string): string {
  const path = join(home, name);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH) return path;
  const room = MAX_SOCKET_PATH - Buffer.byteLength(path) + Buffer.byteLength(home);
  throw new SandboxError({
    code: 'sandbox-path-too-long',
    message: `${home} is too long for the sandbox’s socket: it may have ${room} bytes.`,
    hint: `Set ${ENV.home} to a shorter path.`,
  });
}

export function recordPath(home: string): string {
  return join(home, 'sandbox.json');
}

/** Undefined when there is none, or none that can be read. */
export async function readRecord(home: string): Promise<SandboxRecord | undefined> {
  try {
    return parse(await readFile(recordPath(home), 'utf8'));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Puts the record in its place. False when there is one already, which is left alone. */
export async function claimRecord(home: string, record: SandboxRecord): Promise<boolean> {
  const temporary = besides(home);
  await writeNewFile(temporary, `${JSON.stringify(record, undefined, 2)}\n`);
  try {
    // Unlike a rename, a link never replaces another daemon's record.
    await link(temporary, recordPath(home));
    return true;
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Removes the record of this world, or one that cannot be read (`undefined`); any other stays. */
export async function removeRecord(home: string, world: string | undefined): Promise<void> {
  const taken = besides(home);
  try {
    await rename(recordPath(home), taken);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return;
    throw error;
  }
  // Another daemon may have come in between: then what was taken is its own, and goes back.
  const value = await readFile(taken, 'utf8').then(parse, () => undefined);
  if (value?.world !== world) await link(taken, recordPath(home)).catch(() => undefined);
  await rm(taken, { force: true });
}

function besides(home: string): string {
  return join(home, `.sandbox.${randomBytes(6).toString('hex')}.tmp`);
}

function parse(text: string): SandboxRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is SandboxRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { world, pid, socket } = value as Record<string, unknown>;
  if (typeof world !== 'string' || typeof pid !== 'number') return false;
  return typeof socket === 'string' && SOCKET_NAME.test(socket);
}
