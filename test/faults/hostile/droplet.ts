import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/core/time.js';
import { installerIn } from '../../../src/services/installer/run-installer.js';
import { Redactor } from '../../../src/services/log/redactor.js';
import { journalPath, openJournal } from '../../../src/services/provisioning/journal/journal.js';
import type { OperationRequest } from '../../../src/services/provisioning/journal/records.js';
import type { StepContext } from '../../../src/services/provisioning/worker/step.js';
import { step as installPortlama } from '../../../src/services/provisioning/steps/install-portlama.js';
import { timing } from '../../../src/services/provisioning/timing.js';
import { connectSsh } from '../../../src/services/ssh/connect.js';
import type { ExecOptions, SshConnection } from '../../../src/services/ssh/ssh.js';
import { startSshd } from '../../fixtures/sshd/start.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { makeDroplet } from '../../services/installer/droplet.js';

const ID = '0123456789abcdef';
const REQUEST: OperationRequest = {
  id: ID,
  serverId: '3f0e6a52-5d1e-4a57-9d0c-0a1b2c3d4e5f',
  label: 'edge',
  region: 'fra1',
  size: 's-1vcpu-512mb-10gb',
  image: 'ubuntu-24-04-x64',
  installer: '@x/create-portlama@1',
  apiUrl: 'http://127.0.0.1:9/',
};

/** What a droplet does instead of what it was asked to: shell commands. Nothing, and successfully, when left out. */
export interface Hostility {
  readonly start?: string;
  readonly follow?: string;
  readonly base64?: string;
  /** Path of what stands in the place of the job's exit code. */
  readonly exitFile?: string;
}

export interface HostileDroplet {
  readonly home: string;
  readonly root: string;
  readonly connection: SshConnection;
  /** What was handed to handlers of output so far, in bytes, and to the step, in lines. */
  readonly taken: { bytes: number; lines: number };
  /** The step `install_portlama` on this droplet; rejects as it does. */
  install(logOffset?: number): Promise<unknown>;
  end(): Promise<void>;
}

/** A real sshd before programs that do what they like, and a journal that is `journalBytes` long already. */
export async function startHostileDroplet(
  hostility: Hostility,
  journalBytes = 0,
): Promise<HostileDroplet> {
  const droplet = await makeDroplet();
  await droplet.program('sh', shell(hostility));
  if (hostility.base64 !== undefined) await droplet.program('base64', hostility.base64);
  const folder = join(droplet.home, `.portlama-install-${ID}`);
  await mkdir(folder);
  if (hostility.exitFile !== undefined) await symlink(hostility.exitFile, join(folder, 'exit'));
  const sshd = await startSshd({ root: droplet.root, environment: droplet.environment });
  const connection = await connectSsh(sshd.target, { timeoutMs: 20_000 });
  const home = await temporaryFolder();
  const path = journalPath(home, ID);
  const journal = await openJournal(path, systemClock, new Redactor());
  await journal.write({ event: 'operation', request: REQUEST });
  await journal.close();
  if (journalBytes > 0) await truncate(path, journalBytes);
  const taken = { bytes: 0, lines: 0 };
  return {
    home,
    root: droplet.root,
    connection,
    taken,
    async install(logOffset = 0) {
      const kept = await openJournal(path, systemClock, new Redactor());
      const context = {
        ports: { runInstaller: installerIn(droplet.home), clock: systemClock, timing: timing() },
        request: REQUEST,
        logOffset,
        outputs: { wait_droplet: { ip: '203.0.113.7' } },
        shell: { use: (work: Work) => work(counted(connection, taken)), close: () => undefined },
        write: async (entry: Parameters<StepContext['write']>[0]) => {
          if ('offset' in entry) taken.lines++;
          await kept.write(entry);
        },
      } as unknown as StepContext;
      try {
        return await installPortlama.run(context, new AbortController().signal);
      } finally {
        await kept.close();
      }
    },
    async end() {
      connection.close();
      await sshd.stop();
    },
  };
}

type Work = (connection: SshConnection) => Promise<unknown>;

/** Stands before sh: the commands of the installation are told by the names of their scripts. */
function shell({ start = 'exit 0', follow = 'exit 0' }: Hostility): string {
  return `case "$1" in */start.sh) ${start} ;; */follow.sh) ${follow} ;; *) exec /bin/sh "$@" ;; esac`;
}

function counted(connection: SshConnection, taken: { bytes: number }): SshConnection {
  const counting =
    (onChunk: ExecOptions['onStdout']): ExecOptions['onStdout'] =>
    (chunk) => {
      taken.bytes += chunk.length;
      return onChunk?.(chunk);
    };
  return {
    hostKeySha256: connection.hostKeySha256,
    closed: false,
    exec: (command, options = {}) =>
      connection.exec(command, {
        ...options,
        onStdout: counting(options.onStdout),
        onStderr: counting(options.onStderr),
      }),
    writeFile: (path, content, mode, signal) => connection.writeFile(path, content, mode, signal),
    close: () => connection.close(),
  };
}

/** A file of any size that takes no room. */
export async function sparseFile(root: string, name: string, bytes: number): Promise<string> {
  const path = join(root, name);
  await writeFile(path, '');
  await truncate(path, bytes);
  return path;
}
