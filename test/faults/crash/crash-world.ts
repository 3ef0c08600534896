import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../../../src/core/time.js';
import { createSandboxKeystore } from '../../../src/sandbox/client/sandbox-keystore.js';
import { NO_DELAYS } from '../../../src/sandbox/delays.js';
import { SandboxFolder } from '../../../src/sandbox/folder.js';
import type { SandboxState } from '../../../src/sandbox/control/state.js';
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.js';
import type { Keystore } from '../../../src/services/keystore/keystore.js';
import { Redactor } from '../../../src/services/log/redactor.js';
import { createOperations } from '../../../src/services/provisioning/operations-service.js';
import type { Operations } from '../../../src/services/provisioning/operations.js';
import type { WorkerMode } from '../../../src/services/provisioning/worker.js';
import type { StartedWorker } from '../../../src/services/provisioning/worker-process.js';
import { createRegistry } from '../../../src/services/registry/registry-file.js';
import type { Registry } from '../../../src/services/registry/registry.js';

const MAIN = resolve(import.meta.dirname, '../../../dist/main.js');
const KILLER = resolve(import.meta.dirname, 'killer.mjs');
/** A worker that takes longer hangs. */
const WORKER_LIMIT_MS = 90_000;

/** Everything becomes visible a little late, as at DigitalOcean: whoever looks only once sees nothing. */
const LAGS = {
  ...NO_DELAYS,
  keyUsableMs: 40,
  dropletReadableMs: 60,
  dropletTaggedMs: 80,
  dropletListedMs: 300,
  bootMs: 200,
  addressMs: 40,
  sshMs: 40,
  deleteMs: 100,
};
/** Real workers give up after a hundredth of the real time or so. */
const PATIENCE = '0.03';

/** One home folder with real workers, and a sandbox in this process that they take for their own. */
export interface CrashWorld {
  readonly sandbox: Sandbox;
  readonly home: string;
  /** Where temporary files go. */
  readonly scratch: string;
  readonly keystore: Keystore;
  readonly registry: Registry;
  readonly operations: Operations;
  /** How the worker that was started last is to die: for killer.mjs. */
  crashAt: string | undefined;
  /** Kills the worker that was started last. */
  kill(): void;
  /** Resolves once it has ended, to what it said. */
  workerEnd(): Promise<string>;
  /** Droplets ever created. */
  createdDroplets(): number;
  /** Droplets of the operation that exist now. */
  droplets(): SandboxState['droplets'];
  close(): Promise<void>;
}

export async function openCrashWorld(): Promise<CrashWorld> {
  const sandbox = await startSandbox({ delays: LAGS });
  const folder = await mkdtemp(join(tmpdir(), 'portlama-crash-'));
  const realHome = join(folder, 'home');
  const { path: home } = await SandboxFolder.open(`${realHome}-sandbox`);
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  const { url, secret, world } = sandbox;
  const record = { world, pid: process.pid, url, secret };
  await writeFile(join(home, 'sandbox.json'), JSON.stringify(record), { mode: 0o600 });
  const keystore = createSandboxKeystore(url, secret);
  const others = new Set(sandbox.state().droplets.map(({ id }) => id));
  const counter = (): number => sandbox.controls.addStray({ name: 'counter' });
  const first = counter();
  sandbox.controls.vanish(first);
  let last: RunningWorker | undefined;
  const crashWorld: CrashWorld = {
    sandbox,
    home,
    scratch,
    keystore,
    registry: createRegistry({ home, clock: systemClock }),
    operations: createOperations({
      home,
      clock: systemClock,
      redactor: new Redactor(),
      keystore,
      defaults: {
        size: 's-1vcpu-512mb-10gb',
        image: 'ubuntu-24-04-x64',
        installer: '@lamalibre/create-portlama',
        apiUrl: url,
      },
      startWorker: (id, mode, token) => {
        last = startWorker({ realHome, scratch, crashAt: crashWorld.crashAt }, id, mode, token);
        return last;
      },
    }),
    crashAt: undefined,
    kill: () => void last?.child.kill('SIGKILL'),
    workerEnd: async () => (last === undefined ? '' : await last.ended),
    createdDroplets() {
      const next = counter();
      sandbox.controls.vanish(next);
      return next - first - 1;
    },
    droplets: () =>
      sandbox.state().droplets.filter(({ id, deleted }) => !deleted && !others.has(id)),
    async close() {
      last?.child.kill('SIGKILL');
      await last?.ended;
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return crashWorld;
}

interface RunningWorker extends StartedWorker {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
}

function startWorker(
  place: Pick<CrashWorld, 'scratch' | 'crashAt'> & { readonly realHome: string },
  id: string,
  mode: WorkerMode,
  token: string,
): RunningWorker {
  const preload = place.crashAt === undefined ? [] : ['--import', KILLER];
  const child = spawn(process.execPath, [...preload, MAIN, 'worker', id, mode, '--sandbox'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: place.scratch,
      TMPDIR: place.scratch,
      PORTLAMA_HOME: place.realHome,
      PORTLAMA_CLOUD_TOKEN: token,
      PORTLAMA_SANDBOX_PATIENCE: PATIENCE,
      ...(place.crashAt === undefined ? {} : { CRASH_AT: place.crashAt }),
    },
  });
  let said = '';
  let exitCode: number | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const timer = setTimeout(() => {
    said += `\nhangs for ${WORKER_LIMIT_MS} ms`;
    child.kill('SIGKILL');
  }, WORKER_LIMIT_MS);
  const ended = new Promise<string>((fulfil) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      exitCode = code ?? 137;
      fulfil(said);
    });
  });
  return { child, ended, pid: child.pid, exitCode: () => exitCode, lastWords: () => said };
}
