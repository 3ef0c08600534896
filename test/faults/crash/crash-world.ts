import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { systemClock } from '../../../src/core/time.js';
import { createSandboxKeystore } from '../../../src/sandbox/client/sandbox-client.js';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import {
  newSocketName,
  type SandboxRecord,
  socketPathIn,
} from '../../../src/sandbox/daemon/record.js';
import { SandboxFolder } from '../../../src/sandbox/folder.js';
import type { SandboxState } from '../../../src/sandbox/control/state.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../fixtures/open-sandbox.js';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { createDigitalOcean } from '../../../src/services/digitalocean/client.js';
import { SECRETS_DESCRIPTOR } from '../../../src/cli/settings.js';
import type { Keystore } from '../../../src/services/keystore/keystore.js';
import { Redactor } from '../../../src/services/log/redactor.js';
import { createOperations } from '../../../src/services/provisioning/operations-service.js';
import type { Operations } from '../../../src/services/provisioning/operations.js';
import type { WorkerMode } from '../../../src/services/provisioning/worker/worker.js';
import type { StartedWorker } from '../../../src/services/provisioning/worker/worker-process.js';
import { handOverKey } from '../../../src/services/keystore/secrets-channel.js';
import { runWithPassphrase, vaultIn } from '../../cli/vault-home.js';
import { type Ended, runProgram } from '../../fixtures/program.js';
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

/** Where workers keep secrets. */
export type CrashStore = 'sandbox' | 'vault';

/** One home folder with real workers, and a sandbox in this process that they take for their own. */
export interface CrashWorld {
  readonly sandbox: Sandbox;
  readonly home: string;
  /** Where temporary files go. */
  readonly scratch: string;
  readonly keystore: Keystore;
  readonly registry: Registry;
  readonly operations: Operations;
  /** Calls that the world itself made before anything began. */
  readonly callsBefore: number;
  /** How the worker that was started last is to die: for killer.mjs. */
  crashAt: string | undefined;
  /** Kills the worker that was started last. */
  kill(): void;
  /** Resolves once it has ended, to what it said. */
  workerEnd(): Promise<string>;
  /** Runs the program to its end; with the passphrase of the vault, if there is one, unless it is `locked`. */
  command(args: readonly string[], locked?: 'locked'): Promise<Ended>;
  /** `service account` of all that is in the store. */
  secretNames(): Promise<readonly string[]>;
  /** `A lab 198.51.100.7`: the records of the zone but for its own. */
  dnsRecords(): Promise<readonly string[]>;
  /** Droplets ever created. */
  createdDroplets(): number;
  /** Droplets of the operation that exist now. */
  droplets(): SandboxState['droplets'];
  close(): Promise<void>;
}

/** May make DNS records as well. */
export const CRASH_TOKEN = SANDBOX_TOKENS.domains.token;
export const ZONE = 'example.com';
export const DOMAIN = `lab.${ZONE}`;
/** What the domain leads to before and after. */
export const OLD_RECORD = { type: 'A', name: 'lab', data: '198.51.100.7', ttl: 1800 };

/** The program that workers are of, and what they get besides. */
export interface WorkerProgram {
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function openCrashWorld(
  store: CrashStore = 'sandbox',
  { delays = LAGS, restartSshDuringInstall = true }: SandboxOptions = {},
  program: (sandboxUrl: string) => Promise<WorkerProgram> = async () => ({ main: MAIN, env: {} }),
): Promise<CrashWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'portlama-crash-'));
  const realHome = join(folder, 'home');
  const { path: home } = await SandboxFolder.open(`${realHome}-sandbox`);
  const scratch = join(folder, 'scratch');
  await mkdir(scratch);
  const socket = newSocketName();
  const socketPath = socketPathIn(home, socket);
  const sandbox = await startSandbox({ delays, restartSshDuringInstall, socketPath });
  const { url, world } = sandbox;
  const record: SandboxRecord = { world, pid: process.pid, socket };
  await writeFile(join(home, 'sandbox.json'), JSON.stringify(record), { mode: 0o600 });
  const vault = store === 'vault' ? await vaultIn(home) : undefined;
  const keystore = vault ?? createSandboxKeystore(socketPath);
  const { main, env: added } = await program(url);
  const env = { ...environmentOf({ realHome, scratch, store }), ...added };
  const api = createDigitalOcean({ baseUrl: url, token: CRASH_TOKEN, clock: systemClock });
  await api.createDomain(ZONE);
  await api.createRecord(ZONE, OLD_RECORD);
  const callsBefore = sandbox.calls.length;
  const others = new Set(sandbox.state().droplets.map(({ id }) => id));
  const counter = (): number => sandbox.controls.addUnlisted({ name: 'counter' });
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
        image: 'ubuntu-24-04-x64',
        installer: '@lamalibre/create-portlama',
        apiUrl: url,
      },
      startWorker: (id, mode, { token = '' }, readsStore) => {
        const given = { ...env, PORTLAMA_CLOUD_TOKEN: token };
        last = startWorker(main, given, crashWorld.crashAt, id, mode);
        const channel = last.child.stdio[SECRETS_DESCRIPTOR] as Writable;
        if (vault === undefined || !readsStore) channel.end();
        else void vault.requireKey().then(({ identity }) => handOverKey(channel, identity));
        return last;
      },
    }),
    callsBefore,
    crashAt: undefined,
    kill: () => void last?.child.kill('SIGKILL'),
    workerEnd: async () => (last === undefined ? '' : await last.ended),
    async command(args, locked) {
      const all = { ...env, HOME: folder, PORTLAMA_CLOUD_TOKEN: SANDBOX_TOKEN };
      return vault === undefined || locked !== undefined
        ? await runProgram(['--sandbox', ...args], { env: all })
        : await runWithPassphrase(['--sandbox', ...args], all);
    },
    async secretNames() {
      const keys = await (vault?.listKeys() ?? sandbox.state().secrets);
      return keys.map(({ service, account }) => `${service} ${account}`);
    },
    async dnsRecords() {
      const all = await api.listRecords(ZONE);
      const own = all.filter(({ type }) => type !== 'NS');
      return own.map(({ type, name, data }) => `${type} ${name} ${data}`).sort();
    },
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

function environmentOf(place: {
  readonly realHome: string;
  readonly scratch: string;
  readonly store: CrashStore;
}): Readonly<Record<string, string>> {
  const { realHome, scratch, store } = place;
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: scratch,
    TMPDIR: scratch,
    PORTLAMA_HOME: realHome,
    PORTLAMA_SANDBOX_PATIENCE: PATIENCE,
    ...(store === 'vault' ? { PORTLAMA_KEYSTORE: store } : {}),
  };
}

function startWorker(
  main: string,
  env: Readonly<Record<string, string>>,
  crashAt: string | undefined,
  id: string,
  mode: WorkerMode,
): RunningWorker {
  const preload = crashAt === undefined ? [] : ['--import', KILLER];
  const child = spawn(process.execPath, [...preload, main, 'worker', id, mode, '--sandbox'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: { ...env, ...(crashAt === undefined ? {} : { CRASH_AT: crashAt }) },
  });
  let said = '';
  let exitCode: number | undefined;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
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
