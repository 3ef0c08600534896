import { link, readFile, rename, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { systemCodeOf } from '../../core/errors.js';
import { writeNewFile } from '../../services/files/atomic.js';
import type { SandboxAccess } from '../client/sandbox-client.js';

/** What a sandbox daemon leaves in its home folder for the programs of the same person: `sandbox.json`, 0600. */
export interface SandboxRecord extends SandboxAccess {
  /** Tells this world from any other. */
  readonly world: string;
  readonly pid: number;
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
  const { world, pid, url, secret } = value as Record<string, unknown>;
  return [world, url, secret].every((text) => typeof text === 'string') && typeof pid === 'number';
}
