import { constants } from 'node:os';
import { PortlamaError } from '../../core/errors.js';
import { findProgram, startProgram, userProgramEnvironment } from '../process/program.js';

const PLACES = ['/usr/bin/ssh', '/usr/local/bin/ssh', '/opt/homebrew/bin/ssh', '/bin/ssh'];
const EXIT_BY_SIGNAL = 128;

export interface SshTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Name of the host key in the file of known hosts, whatever the address. */
  readonly hostKeyAlias: string;
  /** Absolute path of a file with this host key alone. */
  readonly knownHosts: string;
  /** Absolute path of a private key to try first. */
  readonly identity?: string | undefined;
  /** Words for the shell there; none for a shell of one's own. */
  readonly command: readonly string[];
}

/** Arguments of ssh(1): only the pinned host key is believed, and nothing is added to or read from other lists. */
export function sshArguments(target: SshTarget): readonly string[] {
  const { host, port, user, hostKeyAlias, knownHosts, identity, command } = target;
  // ssh splits both at blanks, and takes % for the begin of a token.
  const literal = (path: string): string => `"${path.replaceAll('%', '%%')}"`;
  const options = [
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${literal(knownHosts)}`,
    'GlobalKnownHostsFile=/dev/null',
    'KnownHostsCommand=none',
    `HostKeyAlias=${hostKeyAlias}`,
    'HostKeyAlgorithms=ssh-ed25519',
    'UpdateHostKeys=no',
    'VerifyHostKeyDNS=no',
    ...(identity === undefined ? [] : [`IdentityFile=${literal(identity)}`]),
  ].flatMap((option) => ['-o', option]);
  return [...options, '-p', String(port), '-l', user, '--', host, ...command];
}

/** Absolute path of ssh(1). Throws `ssh-missing`. */
export function requireSsh(): string {
  const program = findProgram(PLACES);
  if (program !== undefined) return program;
  throw new PortlamaError({
    code: 'ssh-missing',
    message: 'There is no ssh program here.',
    hint: 'Install OpenSSH’s client, on Debian: apt-get install openssh-client',
  });
}

/** Runs ssh(1) on this terminal. Resolves to its exit code, or 128+n. `onStart` gets how to end it. */
export function runSystemSsh(
  target: SshTarget,
  onStart: (end: (signal: NodeJS.Signals) => void) => void,
): Promise<number> {
  const program = requireSsh();
  return new Promise((resolve, reject) => {
    const child = startProgram(program, [...sshArguments(target)], {
      stdio: 'inherit',
      env: userProgramEnvironment(),
    });
    onStart((signal) => void child.kill(signal));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve(code ?? EXIT_BY_SIGNAL + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
