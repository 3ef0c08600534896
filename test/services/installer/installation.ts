import { setTimeout as delay } from 'node:timers/promises';
import type { InstallerEvent, InstallOptions } from '../../../src/services/installer/installer.js';
import { installerIn } from '../../../src/services/installer/run-installer.js';
import { connectSsh } from '../../../src/services/ssh/connect.js';
import type { SshConnection } from '../../../src/services/ssh/ssh.js';
import { startSshd, type TestSshd } from '../../fixtures/sshd/start.js';
import { type Droplet, makeDroplet } from './droplet.js';

export const OPERATION = '0123456789abcdef';

/** A droplet with a real sshd, and what a client has seen of an installation on it. */
export interface Installation {
  readonly droplet: Droplet;
  readonly sshd: TestSshd;
  readonly events: InstallerEvent[];
  /** Position in the log up to which events were taken. */
  offset(): number;
  /** The folder on the droplet. */
  readonly folder: string;
  connect(): Promise<SshConnection>;
  /** Runs or follows the installation on this connection, from where the client is. */
  run(connection: SshConnection, options?: Partial<InstallOptions>): Promise<void>;
  /** Calls that started an installer. */
  installerRuns(): Promise<number>;
  end(): Promise<void>;
}

export async function startInstallation(): Promise<Installation> {
  const droplet = await makeDroplet();
  const sshd = await startSshd({ root: droplet.root, environment: droplet.environment });
  const install = installerIn(droplet.home);
  const connections = new Set<SshConnection>();
  const events: InstallerEvent[] = [];
  let taken = 0;
  return {
    droplet,
    sshd,
    events,
    offset: () => taken,
    folder: `${droplet.home}/.portlama-install-${OPERATION}`,
    async connect() {
      const connection = await connectSsh(sshd.target, { timeoutMs: 20_000 });
      connections.add(connection);
      return connection;
    },
    run: (connection, options = {}) =>
      install(connection, {
        source: { kind: 'npm', spec: '@x/create-portlama@1' },
        operationId: OPERATION,
        fromOffset: taken,
        onEvent: (event, offset) => {
          events.push(event);
          taken = offset;
        },
        ...options,
      }),
    installerRuns: async () =>
      (await droplet.calls()).filter((call) => call.startsWith('npx')).length,
    async end() {
      for (const connection of connections) connection.close();
      await droplet.file('stop', '');
      // Lets a job in the background see that it is over before its folder goes.
      await delay(50);
      await sshd.stop();
    },
  };
}

/** Waits, in an installer's script, for a file in the droplet's tree, at most a minute. */
export function untilFile(name: string): string {
  return `n=0; while [ ! -e "$PORTLAMA_ROOT/${name}" ] && [ ! -e "$PORTLAMA_ROOT/stop" ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n+1)); done`;
}
