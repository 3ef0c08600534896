import { isAbort, messageOf } from '../../core/errors.js';
import { journalCommand } from '../../core/product.js';
import { runProgram, userProgramEnvironment } from '../process/program.js';
import { requireSsh, sshArguments, type SshTarget } from './system-ssh.js';

const ASKS_NOTHING = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'];
const TIMEOUT_MS = 30_000;

/** The end of a unit's log, or why it could not be read from here. */
export type UnitLog =
  | { readonly kind: 'read'; readonly lines: readonly string[] }
  | { readonly kind: 'unread'; readonly reason: string };

/**
 * Reads the end of a unit's log over the system's ssh, which knows the person's keys, agent and settings. Asks nothing:
 * without a key of theirs on the server it is unread.
 */
export async function readUnitLog(
  target: Omit<SshTarget, 'command'>,
  unit: string,
  lines: number,
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<UnitLog> {
  const command = [journalCommand(unit, lines)];
  const args = [...ASKS_NOTHING, ...sshArguments({ ...target, command })];
  const options = {
    environment: userProgramEnvironment(environment),
    timeoutMs: TIMEOUT_MS,
    signal,
  };
  try {
    const { exitCode, stdout, stderr } = await runProgram(requireSsh(), args, options);
    if (exitCode === 0) return { kind: 'read', lines: stdout.trimEnd().split('\n') };
    const said = stderr.trim().split('\n').at(-1)?.trim() ?? '';
    return { kind: 'unread', reason: said === '' ? `ssh ended with ${exitCode}.` : said };
  } catch (error) {
    if (isAbort(error)) throw error;
    return { kind: 'unread', reason: messageOf(error) };
  }
}
