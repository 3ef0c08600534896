import { cleanLine } from '../../core/clean.js';
import type { SshConnection } from '../ssh/ssh.js';
import { SshError } from '../ssh/ssh-error.js';
import type { InstallOptions, RunInstaller } from './installer.js';
import { installerError } from './installer-error.js';
import { LOG_MAX_BYTES, logTooLong } from './log-limit.js';
import { NdjsonReader } from './ndjson.js';
import { Outcome } from './outcome.js';
import { REMOTE_HOME, remoteFolder } from './remote-folder.js';
import { uploadInstallation } from './upload.js';

/** Bytes of log that a resumed run reads again to find the cause of a failure. */
const REREAD_BYTES = 64 * 1024;
/** follow.sh: no job was ever begun. */
const NEVER_BEGUN = 3;
const STDERR_MAX_LENGTH = 500;
/** An exit code, a line end, and what a shell may say when the file is not there. */
const EXIT_MAX_BYTES = 1024;

/** Installs Portlama for the user whose home folder on the server is `home`. */
export function installerIn(home: string): RunInstaller {
  return async (connection, options) => {
    const folder = remoteFolder(options.operationId, home);
    const outcome = new Outcome();
    const onEvent: InstallOptions['onEvent'] = async (event, offset) => {
      outcome.note(event);
      await options.onEvent(event, offset);
    };
    await findOrBegin(connection, folder, options, onEvent);
    const exitCode = await readExitCode(connection, folder, options.signal);
    if (options.fromOffset > 0 && !outcome.explains(exitCode)) {
      // Read again: the explanation may have been sent before the connection dropped.
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

/** Follows the job to its end. The files are brought and the job is begun where that has not been done. */
async function findOrBegin(
  connection: SshConnection,
  folder: string,
  options: InstallOptions,
  onEvent: InstallOptions['onEvent'],
): Promise<void> {
  const command = `sh ${folder}/start.sh${options.again === true ? ' again' : ''}`;
  const found = await connection.exec(command, { signal: options.signal });
  // A start.sh that was cut off while it was brought may be empty, and then it succeeds at nothing.
  if (found.exitCode === 0 && (await followLog(connection, folder, options, onEvent))) return;
  await uploadInstallation(connection, folder, options.source, options.signal);
  await begin(connection, command, options.signal);
  if (await followLog(connection, folder, options, onEvent)) return;
  throw installerError('install-interrupted', 'On the server no installation was begun.');
}

async function begin(
  connection: SshConnection,
  command: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let said = '';
  const { exitCode } = await connection.exec(command, {
    signal,
    onStderr: (chunk) => {
      said = (said + chunk.toString('utf8')).slice(0, STDERR_MAX_LENGTH);
    },
  });
  if (exitCode === 0) return;
  throw installerError(
    'install-failed',
    `The installation could not be started on the server. ${cleanLine(said)}`.trimEnd(),
  );
}

/** False when there is no log, since no job was ever begun. */
async function followLog(
  connection: SshConnection,
  folder: string,
  options: Pick<InstallOptions, 'fromOffset' | 'signal'>,
  onEvent: InstallOptions['onEvent'],
): Promise<boolean> {
  const { fromOffset, signal } = options;
  const reader = new NdjsonReader(fromOffset);
  const { exitCode } = await connection
    .exec(`sh ${folder}/follow.sh ${fromOffset}`, {
      maxBytes: Math.max(0, LOG_MAX_BYTES - fromOffset),
      signal,
      onStdout: async (chunk) => {
        for (const { event, offset } of reader.push(chunk)) await onEvent(event, offset);
      },
    })
    .catch((error: unknown) => {
      throw isTooMuch(error) ? logTooLong() : error;
    });
  if (exitCode === NEVER_BEGUN) return false;
  if (exitCode !== 0) {
    throw installerError('install-interrupted', 'The log on the server cannot be followed.');
  }
  for (const { event, offset } of reader.end()) await onEvent(event, offset);
  return true;
}

/** Undefined when the job never got to write one: the server was restarted, or the job was killed. */
async function readExitCode(
  connection: SshConnection,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  let text = '';
  try {
    const { exitCode } = await connection.exec(`cat ${folder}/exit`, {
      maxBytes: EXIT_MAX_BYTES,
      signal,
      onStdout: (chunk) => {
        text += chunk.toString('latin1');
      },
    });
    return exitCode === 0 && /^\d{1,3}\s*$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if (isTooMuch(error)) return undefined;
    throw error;
  }
}

function isTooMuch(error: unknown): boolean {
  return error instanceof SshError && error.code === 'output-too-large';
}
