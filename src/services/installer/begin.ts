import { shellWord } from '../../core/shell-word.js';
import type { InstallOptions, InstallerSource } from './installer.js';
import { HAND_OVER_SCRIPT } from './scripts/hand-over.sh.js';
import { jobScript } from './scripts/job.sh.js';
import { FOLLOW_SCRIPT, START_SCRIPT } from './scripts/start.sh.js';

/** File in the installation's folder that a local package is uploaded to. */
export const PACKAGE_NAME = 'installer.tgz';

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
