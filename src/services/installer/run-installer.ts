import { readFile } from 'node:fs/promises';
import { cleanLine } from '../../core/clean.js';
import { outputTooLarge } from '../ssh/exec.js';
import type { SshConnection } from '../ssh/ssh.js';
import { shellWord } from '../../core/shell-word.js';
import { HAND_OVER_SCRIPT } from './scripts/hand-over.sh.js';
import { jobScript } from './scripts/job.sh.js';
import { FOLLOW_SCRIPT, START_SCRIPT } from './scripts/start.sh.js';
import {
  installerError,
  type InstallerSource,
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
      ? 'No installation was started on the server.'
      : 'The log on the server cannot be followed.',
  );
}

/** File in the installation's folder that a local package is uploaded to. */
const PACKAGE_NAME = 'installer.tgz';

/** Exit codes of `beginCommand` beside follow.sh's. */
export const BEGIN_EXIT = { notWritten: 40, notStarted: 41, packageWanted: 42 } as const;

/**
 * One command that brings the scripts, begins the job and follows its log from `fromOffset`. Where the job was
 * begun already it only follows. Prints the log on standard output, and on standard error `exit CODE` after the
 * job's end. Safe to run again at any time, also beside a lost connection's: each file is moved into place whole,
 * start.sh last, and nothing is written once a job has a log.
 */
export function beginCommand(
  folder: string,
  { source, fromOffset, again }: Pick<InstallOptions, 'source' | 'fromOffset' | 'again'>,
): string {
  const files = {
    'job.sh': jobScript(),
    'follow.sh': FOLLOW_SCRIPT,
    'hand-over.sh': HAND_OVER_SCRIPT,
    settings: settingsFor(source),
    'start.sh': START_SCRIPT,
  };
  const { notWritten, notStarted, packageWanted } = BEGIN_EXIT;
  return [
    `{ # Begins the installation in ${folder} and follows its log from byte ${fromOffset}.`,
    `mkdir -p -m 700 ${folder} && cd ${folder} || exit ${notWritten}`,
    `begin() { sh ./start.sh${again === true ? ' again' : ''} >&2; }`,
    'bring() (',
    'new=new.$$',
    'umask 077',
    'rm -rf "$new" && mkdir "$new" &&',
    ...Object.entries(files).map(
      ([name, content]) => `printf %s ${shellWord(content)} > "$new/${name}" &&`,
    ),
    'for name in job.sh follow.sh hand-over.sh settings start.sh; do',
    'mv -f "$new/$name" "$name" || exit 1',
    'done &&',
    'rmdir "$new"',
    ')',
    // A start.sh that a crash of the server left empty succeeds at nothing.
    'if ! { [ -s start.sh ] && begin && [ -e log ]; }; then',
    ...(source.kind === 'tarball' ? [`[ -s ${PACKAGE_NAME} ] || exit ${packageWanted}`] : []),
    `bring || exit ${notWritten}`,
    `begin || exit ${notStarted}`,
    'fi',
    `sh ./follow.sh ${fromOffset} || exit $?`,
    `printf 'exit %s\\n' "$(head -c 4 exit 2> /dev/null)" >&2`,
    '}',
  ].join('\n');
}

/** Shell lines that job.sh reads. */
function settingsFor(source: InstallerSource): string {
  return source.kind === 'npm'
    ? `INSTALLER_SPEC=${shellWord(source.spec)}\n`
    : `INSTALLER_TARBALL=${shellWord(PACKAGE_NAME)}\n`;
}
