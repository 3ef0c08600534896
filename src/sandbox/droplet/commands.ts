import type { ServerChannel } from 'ssh2';
import { isAbort } from '../../core/errors.js';
import { INSTALL_JOB, RESET_COMMAND, SERVER_PATH } from '../../core/product.js';
import { EmulatedFileError, type FileSystem } from './files.js';
import { applyHandOver, prepareHandOver, type HandOverContext } from './hand-over.js';
import { followLog, type Installations } from './installations.js';
import { ADMIT, admit, DISMISS, dismiss } from './temporary-login.js';

/** Exit codes of a POSIX shell. */
const NOT_FOUND = 127;
const CANNOT_OPEN = 2;
const KILLED = 137;

export interface CommandContext extends HandOverContext {
  readonly files: FileSystem;
  readonly installations: Installations;
  /** Epoch milliseconds. */
  now(): number;
  /** Makes a new admin certificate; gives what the command prints. */
  resetAdmin(): string;
}

type Handler = (
  context: CommandContext,
  channel: ServerChannel,
  match: readonly string[],
) => number | Promise<number>;

const FOLDER = String.raw`(/root/\.${INSTALL_JOB}[\w-]+)`;

/** Every command that the program runs on a droplet. The first that fits counts. */
const COMMANDS: readonly (readonly [pattern: RegExp, handler: Handler])[] = [
  [/^true$/, () => 0],
  [
    /^mkdir -p -m (\d+) (\S+)$/,
    ({ files }, _channel, [mode = '755', path = '']) => {
      files.makeFolders(path, Number.parseInt(mode, 8));
      return 0;
    },
  ],
  [new RegExp(`^sh ${FOLDER}/start\\.sh( again)?$`), startInstallation],
  [new RegExp(`^sh ${FOLDER}/follow\\.sh (\\d+)$`), follow],
  [
    new RegExp(`^sh ${FOLDER}/hand-over\\.sh prepare$`),
    (context, channel, [folder = '']) =>
      withScript(context, channel, `${folder}/hand-over.sh`, () =>
        prepareHandOver(context, folder, channel),
      ),
  ],
  [
    new RegExp(`^printf '%s\\\\n' '?([^']*)'? \\| sh ${FOLDER}/hand-over\\.sh apply$`),
    (context, channel, [key = '', folder = '']) =>
      withScript(context, channel, `${folder}/hand-over.sh`, () =>
        applyHandOver(context, folder, key, channel),
      ),
  ],
  [/^(\{ # Begins the installation [^]*\})$/, beginInstallation],
  [/^\{ # Prints files in base64\.\n([^]*)\}$/, printFiles],
  [/^cat (\S+)$/, printFile],
  [
    /^rm -r?f (\S+)$/,
    ({ files }, _channel, [path = '']) => {
      files.removeTree(path);
      return 0;
    },
  ],
  [
    /^test -[ef] (\S+)$/,
    ({ files }, _channel, [path = '']) => (files.find(path) === undefined ? 1 : 0),
  ],
  [
    new RegExp(`^${RESET_COMMAND}$`),
    (context, channel) => {
      if (context.files.find(SERVER_PATH.config) === undefined) {
        channel.stderr.write(`Error: Cannot read config at ${SERVER_PATH.config}\n`);
        return 1;
      }
      channel.write(context.resetAdmin());
      return 0;
    },
  ],
  [ADMIT, admit],
  [DISMISS, dismiss],
];

/** Runs a command as the droplet's shell would and ends the channel with its exit code. */
export async function runCommand(
  context: CommandContext,
  command: string,
  channel: ServerChannel,
): Promise<void> {
  const code = await exitCodeOf(context, command, channel);
  if (channel.destroyed) return;
  channel.exit(code);
  channel.end();
}

async function exitCodeOf(
  context: CommandContext,
  command: string,
  channel: ServerChannel,
): Promise<number> {
  for (const [pattern, handler] of COMMANDS) {
    const match = pattern.exec(command);
    if (match === null) continue;
    try {
      return await handler(context, channel, match.slice(1));
    } catch (error) {
      // The droplet went away under the command.
      if (isAbort(error)) return KILLED;
      if (!(error instanceof EmulatedFileError)) throw error;
      channel.stderr.write(`${error.message}\n`);
      return 1;
    }
  }
  channel.stderr.write(`bash: line 1: ${command.split(' ', 1)[0] ?? ''}: command not found\n`);
  return NOT_FOUND;
}

/** Answers with a shell's "not found" unless the script was uploaded. */
async function withScript(
  { files }: CommandContext,
  channel: ServerChannel,
  path: string,
  run: () => number | Promise<number>,
): Promise<number> {
  if (files.readText(path) !== undefined) return await run();
  channel.stderr.write(`sh: 0: cannot open ${path}: No such file\n`);
  return CANNOT_OPEN;
}

function startInstallation(
  context: CommandContext,
  channel: ServerChannel,
  [folder = '', again]: readonly (string | undefined)[],
): Promise<number> {
  return withScript(context, channel, `${folder}/start.sh`, () => {
    context.installations.start(folder, again !== undefined);
    return 0;
  });
}

/** Brings the scripts, starts the job and prints its log and exit code, like the command it is given. */
async function beginInstallation(
  context: CommandContext,
  channel: ServerChannel,
  [command = '']: readonly string[],
): Promise<number> {
  const { files, installations } = context;
  const [, folder = ''] = new RegExp(`^mkdir -p -m 700 ${FOLDER} `, 'm').exec(command) ?? [];
  const [, again] = /^begin\(\) \{ sh \.\/start\.sh( again)? /m.exec(command) ?? [];
  const [, offset] = /^sh \.\/follow\.sh (\d+) /m.exec(command) ?? [];
  const [, packageName, exitCode] = /^\[ -s (\S+) \] \|\| exit (\d+)$/m.exec(command) ?? [];
  files.makeFolders(folder, 0o700);
  if (files.find(`${folder}/start.sh`) === undefined) {
    if (packageName !== undefined && files.find(`${folder}/${packageName}`) === undefined) {
      return Number(exitCode);
    }
    const brought = command.matchAll(/^printf %s '([^]*?)' > "\$new\/([\w.-]+)" &&$/gm);
    for (const [, content = '', name] of brought) {
      files.writeFile(`${folder}/${name}`, content.replaceAll(String.raw`'\''`, "'"), 0o600);
    }
  }
  installations.start(folder, again !== undefined);
  const code = await followLog(installations.find(folder), Number(offset), channel);
  if (channel.writable) channel.stderr.write(`exit ${files.readText(`${folder}/exit`) ?? ''}\n`);
  return code;
}

/** Prints files as lines of base64, like the command it is given. */
function printFiles(
  { files }: CommandContext,
  channel: ServerChannel,
  [body = '']: readonly string[],
): number {
  for (const [, bytes, path = ''] of body.matchAll(/^print_file (\d+) (\S+)$/gm)) {
    const node = files.find(path);
    const content = node?.kind === 'file' ? node.content.subarray(0, Number(bytes)) : undefined;
    const line =
      content === undefined
        ? node === undefined
          ? '!missing'
          : '!folder'
        : Buffer.concat([content, Buffer.from('.')]).toString('base64');
    channel.write(`${line}\n`);
  }
  return 0;
}

function follow(
  context: CommandContext,
  channel: ServerChannel,
  [folder = '', offset = '0']: readonly string[],
): Promise<number> {
  return withScript(context, channel, `${folder}/follow.sh`, () =>
    followLog(context.installations.find(folder), Number(offset), channel),
  );
}

function printFile(
  { files }: CommandContext,
  channel: ServerChannel,
  [path = '']: readonly string[],
): number {
  const node = files.find(path);
  if (node?.kind !== 'file') {
    channel.stderr.write(`cat: ${path}: No such file or directory\n`);
    return 1;
  }
  channel.write(node.content);
  return 0;
}
