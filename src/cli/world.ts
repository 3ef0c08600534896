import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { type Clock, systemClock } from '../core/time.js';
import { isLoopbackApi } from '../services/digitalocean/api-url.js';
import type { DigitalOceanApi } from '../services/digitalocean/api.js';
import { createDigitalOcean } from '../services/digitalocean/client.js';
import { runInstaller } from '../services/installer/run-installer.js';
import type { Keystore } from '../services/keystore/keystore.js';
import { TOKEN_KEY } from '../services/keystore/keystore.js';
import { createOsKeystore } from '../services/keystore/os-keystore.js';
import { type DebugLog, openDebugLog, silentLog } from '../services/log/debug-log.js';
import { Redactor } from '../services/log/redactor.js';
import { connectProxyDial } from '../services/network/connect-proxy-dial.js';
import type { Dial } from '../services/network/dial.js';
import { directDial } from '../services/network/direct-dial.js';
import { createPanelClient } from '../services/panel/panel-client.js';
import { createOperations } from '../services/provisioning/operations-service.js';
import type { Operations } from '../services/provisioning/operations.js';
import type { ProvisioningPorts } from '../services/provisioning/step.js';
import { timing, type Timing } from '../services/provisioning/timing.js';
import type { WorkerMode } from '../services/provisioning/worker.js';
import type { StartedWorker } from '../services/provisioning/worker-process.js';
import { createRegistry } from '../services/registry/registry-file.js';
import type { Registry } from '../services/registry/registry.js';
import { connectSsh } from '../services/ssh/connect.js';
import { withSshLog } from '../services/ssh/logged.js';
import { mainModule } from './main-module.js';
import { forgetEarlierWorld, joinSandbox } from './sandbox.js';
import type { Settings } from './settings.js';

/** The $4 droplet of the guide; all Portlama needs. */
export const DROPLET_SIZE = 's-1vcpu-512mb-10gb';
export const DROPLET_MONTHLY_USD = 4;
export const DROPLET_IMAGE = 'ubuntu-24-04-x64';
export const DROPLET_IMAGE_TITLE = 'Ubuntu 24.04 LTS';
const LAST_WORDS_LENGTH = 2000;
const COULD_NOT_RUN = 127;
const SIGNAL_EXIT = 128;

/** The services, wired: against the real world, or against the sandbox. */
export interface World {
  readonly settings: Settings;
  readonly home: string;
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly log: DebugLog;
  readonly keystore: Keystore;
  readonly registry: Registry;
  readonly dial: Dial;
  readonly operations: Operations;
  /** A sample token that the sandbox accepts. */
  readonly sandboxToken: string | undefined;
  createApi(token: string): DigitalOceanApi;
  close(): Promise<void>;
}

export async function buildWorld(settings: Settings): Promise<World> {
  const clock = systemClock;
  const redactor = new Redactor();
  if (settings.tokenFromEnvironment !== undefined) redactor.add(settings.tokenFromEnvironment);
  const log =
    settings.logFile === undefined
      ? silentLog
      : await openDebugLog(settings.logFile, clock, redactor);
  const sandbox = settings.sandbox ? await joinSandbox(settings.home) : undefined;
  const apiUrl = sandbox?.url ?? settings.apiUrl;
  const keystore = sandbox?.keystore ?? createOsKeystore();
  const registry = createRegistry({ home: settings.home, clock });
  if (sandbox?.isFresh) await forgetEarlierWorld(settings.home, registry);
  return {
    settings,
    home: settings.home,
    apiUrl,
    clock,
    redactor,
    log,
    keystore,
    registry,
    dial: sandbox === undefined ? directDial : connectProxyDial(sandbox.url),
    operations: createOperations({
      home: settings.home,
      clock,
      redactor,
      keystore,
      defaults: { size: DROPLET_SIZE, image: DROPLET_IMAGE, installer: settings.installer, apiUrl },
      startWorker: (id, mode, token) => startWorker(settings, apiUrl, id, mode, token),
    }),
    sandboxToken: sandbox?.token,
    createApi: (token) => {
      redactor.add(token);
      const api = createDigitalOcean({ baseUrl: apiUrl, token, clock });
      api.onCall(({ method, path, status, durationMs, requestId }) =>
        log.write(
          'api',
          `${method} ${path} ${status ?? 'no answer'} ${Math.round(durationMs)} ms ${requestId ?? ''}`,
        ),
      );
      return api;
    },
    async close() {
      sandbox?.detach();
      await log.close();
    },
  };
}

/** What a worker needs; the API is the one that the operation was begun with. */
export function provisioningPorts(world: World, apiUrl: string, token: string): ProvisioningPorts {
  const { clock, redactor, log, keystore, registry, dial, home } = world;
  return {
    home,
    api: world.createApi(token),
    apiIsLoopback: isLoopbackApi(apiUrl),
    keystore,
    registry,
    dial,
    connectSsh: withSshLog(connectSsh, log),
    runInstaller,
    createPanelClient,
    clock,
    redactor,
    timing: worldTiming(world),
  };
}

/** The sandbox's droplets boot in seconds, so less patience is needed there. */
export function worldTiming(world: World): Timing {
  return timing(world.settings.sandbox ? world.settings.sandboxPatience : 1);
}

/** The token of the environment, else of the store. */
export async function findToken(world: World): Promise<string | undefined> {
  const token =
    world.settings.tokenFromEnvironment ??
    (await world.keystore.get(TOKEN_KEY)) ??
    world.sandboxToken;
  if (token !== undefined) world.redactor.add(token);
  return token;
}

/** A process of its own session: it does not die with this terminal. Nothing secret is in its arguments. */
function startWorker(
  settings: Settings,
  apiUrl: string,
  id: string,
  mode: WorkerMode,
  token: string,
): StartedWorker {
  const args = [mainModule(), 'worker', id, mode];
  if (settings.sandbox) args.push('--sandbox');
  if (settings.logFile !== undefined) args.push('--log', settings.logFile);
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: '/',
    env: {
      ...process.env,
      PORTLAMA_CLOUD_TOKEN: token,
      PORTLAMA_HOME: settings.home,
      PORTLAMA_INSTALLER: settings.installer,
      DIGITALOCEAN_API_URL: apiUrl,
    },
  });
  child.unref();
  // It does not keep this program alive, and goes on without it.
  (child.stderr as Socket).unref();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-LAST_WORDS_LENGTH);
  });
  let exitCode: number | undefined;
  // Not at `exit`: its last words come before this.
  child.on('close', (code, signal) => {
    exitCode = code ?? SIGNAL_EXIT + (signal === null ? 0 : constants.signals[signal]);
  });
  child.on('error', (error) => {
    exitCode = COULD_NOT_RUN;
    said = error.message;
  });
  return { pid: child.pid, exitCode: () => exitCode, lastWords: () => said };
}
