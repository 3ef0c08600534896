import { openSync, readSync, closeSync, fstatSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { InputError, quoted } from '../../core/errors.js';
import { ENV, INSTALLER_COMMAND, INSTALLER_PACKAGE } from '../../core/product.js';
import { currentFolder } from '../process/surroundings.js';
import type { InstallerSource } from './installer.js';

/** npm's rules for package names (validate-npm-package-name), and then a version, tag or simple range. */
const NPM_SPEC =
  /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*(?:@(?:[\^~]?[0-9]+(?:\.[0-9]+){0,2}(?:-[0-9A-Za-z.-]+)?|[A-Za-z][A-Za-z0-9._-]*))?$/;
const NPM_SPEC_MAX_LENGTH = 214;
/** The first bytes of everything gzip has packed (RFC 1952, 2.3.1). */
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/**
 * Parses PORTLAMA_INSTALLER: an npm package with an optional version, or the path of an existing
 * .tgz. Empty or undefined means the default. Throws InputError for anything else: the value ends
 * up on a command line.
 */
export function parseInstallerSource(
  text: string | undefined,
  folder: string | undefined = currentFolder(),
): InstallerSource {
  const value = text?.trim() ?? '';
  if (value === '') return { kind: 'npm', spec: INSTALLER_PACKAGE };
  if (/^[./~\\]|\.(?:tgz|tar\.gz)$/.test(value)) return tarball(value, folder);
  if (value.length <= NPM_SPEC_MAX_LENGTH && NPM_SPEC.test(value)) {
    return { kind: 'npm', spec: value };
  }
  throw new InputError({
    code: 'installer-invalid',
    message: `${ENV.installer} ${quoted(value)} is neither an npm package nor the path of a .tgz file.`,
    hint: `Use a name like ${INSTALLER_PACKAGE} or ${INSTALLER_PACKAGE}@1.0.53, or a path like ./${INSTALLER_COMMAND}.tgz. Web addresses and git repositories are not accepted.`,
  });
}

function tarball(given: string, folder: string | undefined): InstallerSource {
  const isLost = folder === undefined && !isAbsolute(given);
  const path = isLost ? given : resolve(folder ?? '/', given);
  const problem = isLost ? 'is relative to a folder that was removed' : tarballProblem(path);
  if (problem === undefined) return { kind: 'tarball', path };
  throw new InputError({
    code: 'installer-missing',
    message: `${ENV.installer} names ${quoted(path)}, which ${problem}.`,
    hint: 'Give the path of a package made by npm pack, ending in .tgz.',
  });
}

function tarballProblem(path: string): string | undefined {
  if (!/\.(?:tgz|tar\.gz)$/.test(path)) return 'does not end in .tgz';
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return 'cannot be read';
  }
  try {
    if (!fstatSync(file).isFile()) return 'is not a file';
    const magic = Buffer.alloc(GZIP_MAGIC.length);
    readSync(file, magic, 0, magic.length, 0);
    return magic.equals(GZIP_MAGIC) ? undefined : 'is not a packed package';
  } finally {
    closeSync(file);
  }
}
