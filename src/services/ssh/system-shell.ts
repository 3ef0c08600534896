import { messageOf } from '../../core/errors.js';
import { ProgramError, runProgram, userProgramEnvironment } from '../process/program.js';
import { HOST_KEY_TYPE, hostKeyChanged, parsePublicKey, sha256Fingerprint } from './keys.js';
import type { ExecOptions, ExecResult, SshConnection } from './ssh.js';
import { authenticationFailed, connectionLost, SshError } from './ssh-error.js';
import { requireSsh, sshArguments, type SshTarget } from './system-ssh.js';

/** Commands on a server, one after the other. */
export type Shell = Pick<SshConnection, 'exec' | 'close'>;

const ASKS_NOTHING = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15'];
/** The longest command: a reset of the certificate. */
const TIMEOUT_MS = 180_000;
/** Exit code of ssh(1) for its own failures. */
const SSH_FAILED = 255;

/**
 * Runs commands by the system's ssh, which knows the person's keys, agent and settings, a connection each. Asks
 * nothing. `hostKey` is the one that the target's file of known hosts names.
 */
export function systemShell(
  target: Omit<SshTarget, 'command'>,
  hostKey: string,
  environment: NodeJS.ProcessEnv,
): Shell {
  return {
    async exec(command, options = {}) {
      const args = [...ASKS_NOTHING, ...sshArguments({ ...target, command: [command] })];
      const { exitCode, stdout, stderr } = await runProgram(requireSsh(), args, {
        environment: userProgramEnvironment(environment),
        timeoutMs: TIMEOUT_MS,
        ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
        signal: options.signal,
      }).catch((error: unknown) => {
        throw error instanceof ProgramError && error.retryable
          ? connectionLost(target.host, error)
          : error;
      });
      if (exitCode === SSH_FAILED) throw failureOf(target, hostKey, stderr);
      await handOn(options, stdout, stderr);
      return resultOf(exitCode);
    },
    close: () => undefined,
  };
}

async function handOn(
  { onStdout, onStderr }: ExecOptions,
  stdout: string,
  stderr: string,
): Promise<void> {
  await onStdout?.(Buffer.from(stdout));
  await onStderr?.(Buffer.from(stderr));
}

function resultOf(exitCode: number | null): ExecResult {
  return exitCode === null
    ? { exitCode: undefined, signal: 'SIGTERM' }
    : { exitCode, signal: undefined };
}

/** Reads ssh's own words (ssh.c, sshconnect.c), which have no codes. */
function failureOf(
  { host, user }: Pick<SshTarget, 'host' | 'user'>,
  hostKey: string,
  stderr: string,
): SshError {
  const said = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  if (/Permission denied|Too many authentication failures/.test(stderr))
    return authenticationFailed(host, user);
  if (/Host key verification failed|no matching host key/i.test(stderr)) {
    const blob = parsePublicKey(hostKey);
    const expected = blob === undefined ? HOST_KEY_TYPE : sha256Fingerprint(blob);
    return hostKeyChanged(host, expected, 'another');
  }
  return connectionLost(host, new Error(messageOf(said)));
}
