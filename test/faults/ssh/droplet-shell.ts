import { userInfo } from 'node:os';
import { connectSshWith, type Keepalive } from '../../../src/services/ssh/connect.js';
import type { ConnectSsh, SshConnection } from '../../../src/services/ssh/ssh.js';

/** What is real time in the program, in milliseconds. */
const KEEPALIVE: Keepalive = { intervalMs: 15_000, missedMax: 3 };

/** What a handshake may take on a busy machine, real milliseconds. */
const HANDSHAKE_MS = 1_000;

export interface ShellOptions {
  /** The droplet's file tree. */
  readonly root: string;
  /** Limits pass so many times faster. */
  readonly haste: number;
  readonly onConnected: (() => void) | undefined;
}

/** The program's own connections, to a droplet whose file tree begins at a folder of this machine. */
export function connectBelow({ root, haste, onConnected }: ShellOptions): ConnectSsh {
  const connect = connectSshWith({ ...KEEPALIVE, intervalMs: KEEPALIVE.intervalMs / haste });
  return async (target, { timeoutMs, signal }) => {
    const connection = await connect(
      { ...target, username: userInfo().username },
      { timeoutMs: Math.max(timeoutMs / haste, HANDSHAKE_MS), signal },
    );
    onConnected?.();
    return below(connection, root);
  };
}

function below(connection: SshConnection, root: string): SshConnection {
  return {
    get hostKeySha256() {
      return connection.hostKeySha256;
    },
    get closed() {
      return connection.closed;
    },
    exec: (command, options) =>
      connection.exec(command.replaceAll(/ (?=\/(?:root|etc\/portlama)\/)/g, ` ${root}`), options),
    writeFile: (path, content, mode, signal) =>
      connection.writeFile(root + path, content, mode, signal),
    close: () => connection.close(),
  };
}
