import { lstat } from 'node:fs/promises';
import { InputError, quoted, systemCodeOf } from '../core/errors.js';
import { asFileError, writeNewFile } from '../services/files/atomic.js';
import { readSmallFile } from '../services/files/private-file.js';
import { typedPaths } from '../services/files/typed-path.js';
import type { Registry } from '../services/registry/registry.js';
import type { TransferDesk } from '../usecases/work.js';
import type { World } from './world.js';

const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/m;
/** Thousands of servers, with their files, take a few MB. */
const MAX_TRANSFER_BYTES = 64 * 1024 * 1024;

/** Late: zod and age are needed by two commands only. */
const loadFile = (): Promise<typeof import('../services/transfer/transfer-file.js')> =>
  import('../services/transfer/transfer-file.js');
const loadCarry = (): Promise<typeof import('../services/transfer/carry.js')> =>
  import('../services/transfer/carry.js');

export function createTransferDesk({
  home,
  registry,
  keystore,
  clock,
}: Pick<World, 'home' | 'keystore' | 'clock'> & { readonly registry: Registry }): TransferDesk {
  const ports = { home, registry, keystore };
  return {
    collect: async (server) => (await loadCarry()).collectServer(server, ports),
    openCertificate: async (carried) => (await loadCarry()).carriedCertificate(carried),
    keep: async (carried, isReplacing) =>
      (await loadCarry()).keepServer(carried, isReplacing, ports),
    requireRecipients: async (text) => (await loadFile()).requireRecipients(text),
    requireAbsent,
    async write(path, servers, to) {
      const { sealTransfer } = await loadFile();
      const content = await sealTransfer(servers, new Date(clock.now()).toISOString(), to);
      try {
        await writeNewFile(pathOf(path), content);
      } catch (error) {
        if (systemCodeOf(error) === 'EEXIST') throw fileExists(path);
        throw asFileError(error, path);
      }
    },
    async read(path, key) {
      const file = await readSmallFile(pathOf(path), () => undefined, MAX_TRANSFER_BYTES);
      if (file === undefined) throw fileMissing(path);
      return await (await loadFile()).openTransfer(file, key, path);
    },
    async readIdentity(path) {
      const file = await readSmallFile(pathOf(path));
      if (file === undefined) throw fileMissing(path);
      const identity = IDENTITY.exec(file.toString('utf8'))?.[0];
      if (identity !== undefined) return identity;
      throw new InputError({
        code: 'identity-missing',
        message: `${path} holds no identity of age.`,
        hint: 'It is a file of age-keygen, with a line that begins with AGE-SECRET-KEY-1.',
      });
    },
  };
}

/** An absolute path, or one that is relative to the current folder. */
function pathOf(typed: string): string {
  return typedPaths.absolute(typed) ?? typed;
}

async function requireAbsent(path: string): Promise<void> {
  const isThere = await lstat(pathOf(path)).then(
    () => true,
    () => false,
  );
  if (isThere) throw fileExists(path);
}

function fileExists(path: string): InputError {
  return new InputError({
    code: 'file-exists',
    message: `${path} exists already, and is not written over.`,
    hint: 'Choose another name, or move it away.',
  });
}

function fileMissing(path: string): InputError {
  return new InputError({
    code: 'file-missing',
    message: `There is no file ${quoted(path)}.`,
    hint: 'Give the path of the file.',
  });
}
