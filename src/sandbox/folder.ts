import { lstatSync } from 'node:fs';
import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PortlamaError, systemCodeOf } from '../core/errors.js';
import { ENV, PROGRAM } from '../core/product.js';
import {
  asFileError,
  makePrivateFolder,
  PRIVATE_FOLDER_MODE,
  refuseSymbolicLink,
  writeNewFile,
} from '../services/files/atomic.js';

/** The sandbox could not be started or does not answer. */
export class SandboxError extends PortlamaError {
  override readonly name = 'SandboxError';
}

export function sandboxGone(cause: unknown): SandboxError {
  return new SandboxError({
    code: 'sandbox-gone',
    message: 'The sandbox does not answer any more.',
    hint: 'Start the program again: a new, empty sandbox comes with it.',
    cause,
  });
}

/** Says that a folder is the sandbox's; nothing is ever put beside it that is not. */
const MARKER = '.sandbox';
const MARKER_TEXT = `This folder belongs to ${PROGRAM} --sandbox. Anything in it may be removed at any time.\n`;

/**
 * The folder of a sandbox, proven to be one: made by the sandbox, of this user alone, and without links that lead out
 * of it. Nothing else can be handed to the sandbox, so that it never works on real servers.
 */
export class SandboxFolder {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  get path(): string {
    return this.#path;
  }

  /** Makes the folder where there is none. Rejects with SandboxError for one that is in use for anything else. */
  static async open(path: string): Promise<SandboxFolder> {
    await makePrivateFolder(path);
    if (!isSandboxFolder(path)) await mark(path);
    await makePrivate(path);
    for (const entry of await readdir(path, { withFileTypes: true }))
      if (entry.isSymbolicLink()) await refuseSymbolicLink(join(path, entry.name));
    return new SandboxFolder(path);
  }
}

/** False for a folder that does not exist or cannot be looked into. */
export function isSandboxFolder(path: string): boolean {
  try {
    return lstatSync(join(path, MARKER)).isFile();
  } catch {
    return false;
  }
}

async function mark(path: string): Promise<void> {
  const names = await readdir(path);
  // Another program may have marked it in the meantime.
  if (names.length > 0 && !names.includes(MARKER)) throw inUse(path);
  await writeNewFile(join(path, MARKER), MARKER_TEXT).catch((error: unknown) => {
    if (systemCodeOf(error) !== 'EEXIST') throw asFileError(error, path);
  });
  if (!isSandboxFolder(path)) throw inUse(path);
}

/** Whoever can write there could take the sandbox's place. */
async function makePrivate(path: string): Promise<void> {
  const { mode, uid } = await lstat(path);
  const own = process.getuid?.();
  if (own !== undefined && uid !== own) {
    throw new SandboxError({
      code: 'sandbox-folder-foreign',
      message: `${path} belongs to another user (${uid}).`,
      hint: `Move it away, or set ${ENV.home} to a folder of your own.`,
    });
  }
  if ((mode & 0o777) !== PRIVATE_FOLDER_MODE) await chmod(path, PRIVATE_FOLDER_MODE);
}

function inUse(path: string): SandboxError {
  return new SandboxError({
    code: 'sandbox-folder-in-use',
    message: `${path} holds files that the sandbox did not make, and is left alone.`,
    hint: 'Move it away, or remove it: the sandbox then makes a folder of its own.',
  });
}

/** A token of the right form (`dop_v1_` and 64 hex digits) that is plainly a sample. */
export function sampleToken(pair: string): string {
  return `dop_v1_${pair.repeat(32)}`;
}

/** Works in the sandbox only. Anyone may know it: there is nothing behind it. */
export const SANDBOX_TOKEN = sampleToken('5a');
