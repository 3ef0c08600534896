import { messageOf, PortlamaError, systemCodeOf } from '../../core/errors.js';

/** Everything that can go wrong on an SSH connection; the codes are the contract with callers. */
export type SshErrorCode =
  | 'host-key-changed'
  | 'authentication-failed'
  | 'connection-refused'
  | 'connection-timeout'
  | 'connection-reset'
  | 'connection-lost'
  | 'host-unreachable'
  | 'host-not-found'
  | 'not-ssh'
  | 'ssh-incompatible'
  | 'session-refused'
  | 'output-too-large'
  | 'private-key-invalid'
  | 'host-key-invalid'
  | 'file-missing'
  | 'file-too-large'
  | 'file-denied'
  | 'file-failed';

/** A failed SSH connection, command or transfer. Its text never holds a key or the output of a command. */
export class SshError extends PortlamaError {
  override readonly name = 'SshError';
  declare readonly code: SshErrorCode;
}

interface Kind {
  readonly code: SshErrorCode;
  readonly says: string;
  readonly hint: string;
  readonly retryable: boolean;
}

const REFUSED: Kind = {
  code: 'connection-refused',
  says: 'refuses connections',
  hint: 'A starting server refuses for a while. If this persists, check that its SSH server runs and its firewall allows this machine.',
  retryable: true,
};
const TIMEOUT: Kind = {
  code: 'connection-timeout',
  says: 'does not answer in time',
  hint: 'Check this machine’s network, and that no firewall on the way blocks the SSH port.',
  retryable: true,
};
const RESET: Kind = {
  code: 'connection-reset',
  says: 'closed the connection before it was ready',
  hint: 'A restarting SSH server does this for a moment. If this persists, something on the way may be blocking SSH.',
  retryable: true,
};
const UNREACHABLE: Kind = {
  code: 'host-unreachable',
  says: 'cannot be reached from here',
  hint: 'Check this machine’s network connection.',
  retryable: true,
};
const NOT_FOUND: Kind = {
  code: 'host-not-found',
  says: 'has no address',
  hint: 'Check the name, and this machine’s name resolution.',
  retryable: false,
};

const BY_SYSTEM_CODE: Readonly<Record<string, Kind>> = {
  ECONNREFUSED: REFUSED,
  ETIMEDOUT: TIMEOUT,
  ECONNRESET: RESET,
  ECONNABORTED: RESET,
  EPIPE: RESET,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ENETDOWN: UNREACHABLE,
  EHOSTDOWN: UNREACHABLE,
  EADDRNOTAVAIL: UNREACHABLE,
  ENOTFOUND: NOT_FOUND,
  EAI_AGAIN: { ...NOT_FOUND, says: 'could not be looked up', retryable: true },
};

/** Why no connection came about, from the system's error. */
export function connectFailed(address: string, cause: unknown): SshError {
  const kind = BY_SYSTEM_CODE[systemCodeOf(cause) ?? ''] ?? RESET;
  return ofKind(kind, address, cause);
}

/** The server did not get through the handshake in time. */
export function handshakeTimeout(address: string, timeoutMs: number): SshError {
  return ofKind(TIMEOUT, address, new Error(`no SSH handshake within ${timeoutMs} ms`));
}

/** Reports the end of an established connection. A running command may continue on the server. */
export function connectionLost(address: string, cause?: unknown): SshError {
  return new SshError({
    code: 'connection-lost',
    message: `The SSH connection to ${address} was lost${cause === undefined ? '' : ` (${reasonOf(cause)})`}.`,
    hint: 'Work on the server continues without it. Connect again to pick it up.',
    retryable: true,
    cause,
  });
}

/** The server wants nothing of this key. */
export function authenticationFailed(address: string, username: string): SshError {
  return new SshError({
    code: 'authentication-failed',
    message: `The server at ${address} does not accept this key for ${username}.`,
    hint: 'The key may have been removed from the server, or was never put there.',
  });
}

/** Reports an answer that is not SSH. `greeting` is its untrusted beginning. */
export function notSsh(address: string, greeting: string): SshError {
  // Recognise OpenSSH's texts before its banner when it turns connections away: sshd.c, "Exceeded
  // MaxStartups" and "Not allowed at this time" (PerSourcePenalties).
  if (/^(Exceeded MaxStartups|Not allowed at this time)/.test(greeting)) {
    return ofKind(REFUSED, address, new Error(greeting));
  }
  return new SshError({
    code: 'not-ssh',
    message: `What answers at ${address} is not an SSH server: it says ${JSON.stringify(greeting)}.`,
    hint: 'Check the address and the port; a proxy or a captive network may answer in its place.',
  });
}

/** The handshake failed for a reason of the protocol. */
export function handshakeFailed(address: string, cause: unknown): SshError {
  return new SshError({
    code: 'ssh-incompatible',
    message: `The SSH handshake with ${address} failed: ${reasonOf(cause)}.`,
    hint: 'Only modern algorithms are accepted (curve25519, AES-GCM or ChaCha20, ed25519 host keys). Check the server’s sshd configuration.',
    cause,
  });
}

/** The server gave no session: too many are open, or it has no such service. */
export function sessionRefused(address: string, cause: unknown): SshError {
  return new SshError({
    code: 'session-refused',
    message: `The server at ${address} did not open a session (${reasonOf(cause)}).`,
    hint: 'Check MaxSessions and the sftp subsystem in its sshd configuration.',
    cause,
  });
}

function ofKind(kind: Kind, address: string, cause: unknown): SshError {
  return new SshError({
    code: kind.code,
    message: `${address} ${kind.says} (${reasonOf(cause)}).`,
    hint: kind.hint,
    retryable: kind.retryable,
    cause,
  });
}

/** One printable line: the text may come from the other side. */
function reasonOf(cause: unknown): string {
  return messageOf(cause)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .replace(/\.$/, '')
    .slice(0, 200);
}
