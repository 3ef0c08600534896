import { readFile } from 'node:fs/promises';
import { cleanLine } from '../../core/clean.js';
import { outputTooLarge } from '../ssh/exec.js';
import type { SshConnection } from '../ssh/ssh.js';
import { BEGIN_EXIT, beginCommand, PACKAGE_NAME } from './begin.js';
import {
  installerError,
  type InstallOptions,
  LOG_MAX_BYTES,
  logTooLong,
  REMOTE_HOME,
  remoteFolder,
  type RunInstaller,
} from './installer.js';
import { NdjsonReader } from './ndjson.js';
import { Outcome } from './outcome.js';

/** Bytes of log that a resumed run reads again to find the cause of a failure. */
const REREAD_BYTES = 64 * 1024;
/** follow.sh: no job was ever begun. */
const NEVER_BEGUN = 3;
/** Beside the log: warnings of a shell, why a job was not started, and its exit code. */
const ERRORS_MAX_BYTES = 16 * 1024;
/** Kept of that, from its end. */
const LAST_WORDS_MAX_LENGTH = 1024;
const PACKAGE_MODE = 0o600;

/** Installs Portlama for the user whose home folder on the server is `home`. */
export function installerIn(home: string): RunInstaller {
  return async (connection, options) => {
    const folder = remoteFolder(options.operationId, home);
    const outcome = new Outcome();
    const onEvent: InstallOptions['onEvent'] = async (event, offset) => {
      outcome.note(event);
      await options.onEvent(event, offset);
    };
    const exitCode = await beginAndFollow(connection, folder, { ...options, onEvent });
    if (options.fromOffset > 0 && !outcome.explains(exitCode)) {
      // Read again: the explanation may have been sent before the connection dropped.
      const fromOffset = Math.max(0, options.fromOffset - REREAD_BYTES);
      const again = { ...options, fromOffset, onEvent: outcome.note.bind(outcome) };
      requireFollowed(await follow(connection, `sh ${folder}/follow.sh ${fromOffset}`, again));
    }
    const failure = outcome.failure(exitCode);
    if (failure !== undefined) throw failure;
  };
}

/** Installs Portlama as root. */
export const runInstaller: RunInstaller = installerIn(REMOTE_HOME);

/**
 * Follows the job to its end, in one command that also begins it where that has not been done. Resolves to the job's
 * exit code; undefined when it never got to write one: the server was restarted, or the job was killed.
 */
async function beginAndFollow(
  connection: SshConnection,
  folder: string,
  options: InstallOptions,
): Promise<number | undefined> {
  const command = beginCommand(folder, options);
  let end = await follow(connection, command, options);
  if (end.exitCode === BEGIN_EXIT.packageWanted && options.source.kind === 'tarball') {
    const content = await readFile(options.source.path);
    const path = `${folder}/${PACKAGE_NAME}`;
    await connection.writeFile(path, content, PACKAGE_MODE, options.signal);
    end = await follow(connection, command, options);
  }
  requireFollowed(end);
  const [, exitCode] = /(?:^|\n)exit (\d{1,3})\s*$/.exec(end.lastWords) ?? [];
  return exitCode === undefined ? undefined : Number(exitCode);
}

interface End {
  readonly exitCode: number | undefined;
  /** The end of what was printed on standard error. */
  readonly lastWords: string;
}

/** Runs a command that prints the log from `fromOffset` on, and nothing else on standard output. */
async function follow(
  connection: SshConnection,
  command: string,
  { fromOffset, onEvent, signal }: Pick<InstallOptions, 'fromOffset' | 'onEvent' | 'signal'>,
): Promise<End> {
  const reader = new NdjsonReader(fromOffset);
  const logMaxBytes = Math.max(0, LOG_MAX_BYTES - fromOffset);
  let logBytes = 0;
  let errorBytes = 0;
  let lastWords = '';
  const { exitCode } = await connection.exec(command, {
    // Each stream has its own limit, below.
    maxBytes: Infinity,
    signal,
    async onStdout(chunk) {
      logBytes += chunk.length;
      if (logBytes > logMaxBytes) throw logTooLong();
      for (const { event, offset } of reader.push(chunk)) await onEvent(event, offset);
    },
    onStderr(chunk) {
      errorBytes += chunk.length;
      if (errorBytes > ERRORS_MAX_BYTES) throw outputTooLarge(ERRORS_MAX_BYTES);
      lastWords = (lastWords + chunk.toString('utf8')).slice(-LAST_WORDS_MAX_LENGTH);
    },
  });
  if (exitCode === 0) for (const { event, offset } of reader.end()) await onEvent(event, offset);
  return { exitCode, lastWords };
}

/** Throws unless the log was followed to its end. */
function requireFollowed({ exitCode, lastWords }: End): void {
  if (exitCode === 0) return;
  const said = cleanLine(lastWords.trim().split('\n').join(' '));
  if (exitCode === BEGIN_EXIT.notWritten || exitCode === BEGIN_EXIT.packageWanted) {
    throw installerError(
      /No space left on device/i.test(lastWords) ? 'disk-full' : 'install-failed',
      `The installation’s files could not be written on the server. ${said}`.trimEnd(),
    );
  }
  if (exitCode === BEGIN_EXIT.notStarted) {
    throw installerError(
      'install-failed',
      `The installation could not be started on the server. ${said}`.trimEnd(),
    );
  }
  throw installerError(
    'install-interrupted',
    exitCode === NEVER_BEGUN
      ? 'On the server no installation was begun.'
      : 'The log on the server cannot be followed.',
  );
}
