import { readFile } from 'node:fs/promises';
import type { SshConnection } from '../ssh/ssh.js';
import type { InstallerSource } from './installer.js';
import { installerError } from './installer-error.js';
import { HAND_OVER_SCRIPT } from './scripts/hand-over.sh.js';
import { jobScript } from './scripts/job.sh.js';
import { FOLLOW_SCRIPT, START_SCRIPT } from './scripts/start.sh.js';

const SCRIPT_MODE = 0o700;
const FILE_MODE = 0o600;
const TARBALL_NAME = 'installer.tgz';

/**
 * Puts everything the installation needs into its folder on the server. start.sh comes last: where it is, the
 * rest is, and nothing of it may be written again while the job reads it.
 */
export async function uploadInstallation(
  connection: SshConnection,
  folder: string,
  source: InstallerSource,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Read before any write starts: a failing write without a listener would end the program.
  const tarball = source.kind === 'tarball' ? await readFile(source.path) : undefined;
  const made = await connection.exec(`mkdir -p -m 700 ${folder}`, { signal });
  if (made.exitCode !== 0) {
    throw installerError('install-failed', `The folder ${folder} could not be made on the server.`);
  }
  const write = (name: string, content: string | Buffer, mode: number): Promise<void> =>
    connection.writeFile(`${folder}/${name}`, content, mode, signal);
  await Promise.all([
    write('job.sh', jobScript(), SCRIPT_MODE),
    write('follow.sh', FOLLOW_SCRIPT, SCRIPT_MODE),
    write('hand-over.sh', HAND_OVER_SCRIPT, SCRIPT_MODE),
    write('settings', settingsFor(source), FILE_MODE),
    ...(tarball === undefined ? [] : [write(TARBALL_NAME, tarball, FILE_MODE)]),
  ]);
  await write('start.sh', START_SCRIPT, SCRIPT_MODE);
}

/** Shell lines that job.sh reads. */
function settingsFor(source: InstallerSource): string {
  return source.kind === 'npm'
    ? `INSTALLER_SPEC=${quoted(source.spec)}\n`
    : `INSTALLER_TARBALL=${quoted(TARBALL_NAME)}\n`;
}

/** Quotes any text as one word of the shell. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
