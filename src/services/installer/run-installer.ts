import type { SshConnection } from '../ssh/ssh.js';
import type { InstallOptions, RunInstaller } from './installer.js';
import { installerError } from './installer-error.js';
import { NdjsonReader } from './ndjson.js';
import { Outcome } from './outcome.js';
import { REMOTE_HOME, remoteFolder } from './remote-folder.js';
import { uploadInstallation } from './upload.js';

/** How far back a resumed run reads again to find out why it failed, in bytes. */
const REREAD_BYTES = 64 * 1024;
/** follow.sh: no job was ever started. */
const NEVER_STARTED = 3;
const STDERR_MAX_LENGTH = 500;

/** Installs Portlama for the user whose home folder on the server is `home`. */
export function installerIn(home: string): RunInstaller {
  return async (connection, options) => {
    const folder = remoteFolder(options.operationId, home);
    const outcome = new Outcome();
    await start(connection, folder, options);
    await followLog(connection, folder, options, async (event, offset) => {
      outcome.note(event);
      await options.onEvent(event, offset);
    });
    const exitCode = await readExitCode(connection, folder, options.signal);
    if (options.fromOffset > 0 && !outcome.explains(exitCode)) {
      // What explains it was told before the connection dropped.
      const fromOffset = Math.max(0, options.fromOffset - REREAD_BYTES);
      await followLog(connection, folder, { ...options, fromOffset }, (event) =>
        outcome.note(event),
      );
    }
    const failure = outcome.failure(exitCode);
    if (failure !== undefined) throw failure;
  };
}

/** Installs Portlama as root. */
export const runInstaller: RunInstaller = installerIn(REMOTE_HOME);

/** Starts the job, or finds it started. The files are brought only where they are not yet. */
async function start(
  connection: SshConnection,
  folder: string,
  options: InstallOptions,
): Promise<void> {
  const command = `sh ${folder}/start.sh${options.again === true ? ' again' : ''}`;
  const found = await connection.exec(command, { signal: options.signal });
  if (found.exitCode === 0) return;
  await uploadInstallation(connection, folder, options.source, options.signal);
  let said = '';
  const { exitCode } = await connection.exec(command, {
    signal: options.signal,
    onStderr: (chunk) => {
      said = (said + chunk.toString('utf8')).slice(0, STDERR_MAX_LENGTH);
    },
  });
  if (exitCode !== 0) {
    throw installerError(
      'install-failed',
      `The installation could not be started on the server. ${said.trim()}`.trimEnd(),
    );
  }
}

async function followLog(
  connection: SshConnection,
  folder: string,
  options: Pick<InstallOptions, 'fromOffset' | 'signal'>,
  onEvent: InstallOptions['onEvent'],
): Promise<void> {
  const reader = new NdjsonReader(options.fromOffset);
  const { exitCode } = await connection.exec(`sh ${folder}/follow.sh ${options.fromOffset}`, {
    signal: options.signal,
    onStdout: async (chunk) => {
      for (const { event, offset } of reader.push(chunk)) await onEvent(event, offset);
    },
  });
  if (exitCode !== 0) {
    const why =
      exitCode === NEVER_STARTED ? 'no installation was started' : 'its log is not readable';
    throw installerError('install-interrupted', `On the server ${why}.`);
  }
  for (const { event, offset } of reader.end()) await onEvent(event, offset);
}

/** Undefined when the job never got to write one: the server was restarted, or the job was killed. */
async function readExitCode(
  connection: SshConnection,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  let text = '';
  const { exitCode } = await connection.exec(`cat ${folder}/exit`, {
    signal,
    onStdout: (chunk) => {
      text += chunk.toString('latin1');
    },
  });
  return exitCode === 0 && /^\d{1,3}\s*$/.test(text) ? Number(text) : undefined;
}
