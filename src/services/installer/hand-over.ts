import { cleanLine } from '../../core/clean.js';
import { shellWord } from '../../core/shell-word.js';
import { parsePublicKey } from '../ssh/keys.js';
import type { ExecOptions, SshConnection } from '../ssh/ssh.js';
import { installerError, REMOTE_HOME, remoteFolder } from './installer.js';

const OUTPUT_MAX_LENGTH = 2_000;

/** The two halves of the end of an installation, in this order. Both may be called again after a lost connection. */
export interface HandOver {
  readonly prepareHandOver: (
    connection: SshConnection,
    operationId: string,
    signal?: AbortSignal,
  ) => Promise<string>;
  readonly applyHandOver: (
    connection: SshConnection,
    operationId: string,
    temporaryPublicKey: string,
    signal?: AbortSignal,
  ) => Promise<void>;
}

/** The hand-over on a server where the user's home folder is `home`. */
export function handOverIn(home: string): HandOver {
  return {
    async prepareHandOver(connection, operationId, signal) {
      const folder = remoteFolder(operationId, home);
      const answer = await run(connection, `sh ${folder}/hand-over.sh prepare`, { signal });
      const key = answer.stdout.trim().split(/\s+/).slice(0, 2).join(' ');
      if (answer.exitCode === 0 && parsePublicKey(key) !== undefined) return key;
      throw failed('made no fresh host key', answer.stderr);
    },

    async applyHandOver(connection, operationId, temporaryPublicKey, signal) {
      if (parsePublicKey(temporaryPublicKey) === undefined) {
        throw new TypeError('The temporary key is one public ed25519 key.');
      }
      const folder = remoteFolder(operationId, home);
      // Within the command: standard input would cost one more round trip.
      const key = shellWord(temporaryPublicKey.trim());
      const command = `printf '%s\\n' ${key} | sh ${folder}/hand-over.sh apply`;
      const answer = await run(connection, command, { signal });
      if (answer.exitCode !== 0) throw failed('did not take its new host key', answer.stderr);
    },
  };
}

/**
 * Makes a fresh host key on the server, once, and resolves to its public half (`ssh-ed25519 AAAA…`). It is not
 * in force yet.
 */
export const prepareHandOver: HandOver['prepareHandOver'] = handOverIn(REMOTE_HOME).prepareHandOver;

/**
 * Puts the fresh host key in force, takes the temporary key's access away and removes the installation's
 * folder. New connections find the new host key and refuse the temporary key.
 */
export const applyHandOver: HandOver['applyHandOver'] = handOverIn(REMOTE_HOME).applyHandOver;

interface Answer {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  connection: SshConnection,
  command: string,
  options: Pick<ExecOptions, 'signal'>,
): Promise<Answer> {
  let stdout = '';
  let stderr = '';
  const { exitCode } = await connection.exec(command, {
    ...options,
    onStdout: (chunk) => {
      stdout = (stdout + chunk.toString('utf8')).slice(0, OUTPUT_MAX_LENGTH);
    },
    onStderr: (chunk) => {
      stderr = (stderr + chunk.toString('utf8')).slice(0, OUTPUT_MAX_LENGTH);
    },
  });
  return { exitCode, stdout, stderr };
}

function failed(what: string, stderr: string): Error {
  const said = cleanLine(stderr.trim().split('\n').at(-1) ?? '');
  return installerError(
    'hand-over-failed',
    `The server ${what}${said === '' ? '' : ` (${said})`}.`,
  );
}
