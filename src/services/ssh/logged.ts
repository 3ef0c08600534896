import type { DebugLog } from '../log/debug-log.js';
import type { ConnectSsh, SshConnection } from './ssh.js';
import { messageOf } from '../../core/errors.js';

/** Logs the commands and file transfers of connections at debug level (never their content). */
export function withSshLog(connectSsh: ConnectSsh, log: DebugLog): ConnectSsh {
  return async (target, options) => {
    const name = `${target.username}@${target.host}:${target.port}`;
    try {
      const connection = await connectSsh(target, options);
      log.write('ssh', `${name} connected, host key ${connection.hostKeySha256}`);
      return logged(connection, name, log);
    } catch (error) {
      log.write('ssh', `${name} not connected: ${messageOf(error)}`);
      throw error;
    }
  };
}

function logged(connection: SshConnection, name: string, log: DebugLog): SshConnection {
  const trace = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      const result = await work;
      log.write('ssh', `${name} ${what}: done`);
      return result;
    } catch (error) {
      log.write('ssh', `${name} ${what}: ${messageOf(error)}`);
      throw error;
    }
  };
  return {
    get hostKeySha256() {
      return connection.hostKeySha256;
    },
    get closed() {
      return connection.closed;
    },
    exec: (command, options) =>
      trace(`exec ${firstLine(command)}`, connection.exec(command, options)),
    writeFile: (path, content, mode, signal) =>
      trace(`write ${path}`, connection.writeFile(path, content, mode, signal)),
    close: () => connection.close(),
  };
}

/** A command of several lines says in its first one what it does. */
function firstLine(command: string): string {
  return command.split('\n', 1)[0] ?? '';
}
