import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { ENV } from '../core/product.js';
import type { ChosenKeystore } from '../services/keystore/choose-keystore.js';
import { npmVariables } from '../services/installer/npm-settings.js';
import { handOverKey, serveSecrets } from '../services/keystore/secrets-channel.js';
import type { Handed } from '../services/provisioning/operations.js';
import type { WorkerMode } from '../services/provisioning/worker/worker.js';
import type { StartedWorker } from '../services/provisioning/worker/worker-process.js';
import { startProgram } from '../services/process/program.js';
import { mainModule, ownEnvironment } from './own-program.js';
import { SECRETS_DESCRIPTOR, type Settings } from '../cli/settings.js';

const LAST_WORDS_LENGTH = 2000;
const COULD_NOT_RUN = 127;
const SIGNAL_EXIT = 128;

export interface WorkerRequest {
  readonly settings: Settings;
  readonly apiUrl: string;
  /** Undefined in the sandbox, which keeps secrets itself. */
  readonly stores: ChosenKeystore | undefined;
  readonly operationId: string;
  readonly mode: WorkerMode;
  /** True if the worker has to read what an earlier worker stored. */
  readonly readsStore: boolean;
  readonly handed: Handed;
}

/**
 * A process of its own session: it does not die with this terminal. Nothing secret is in its arguments, and in its
 * environment only what is handed over.
 */
export function startWorker(request: WorkerRequest): StartedWorker {
  const { settings, operationId, mode } = request;
  const args = [mainModule(), 'worker', operationId, mode];
  if (settings.sandbox) args.push('--sandbox');
  if (settings.logFile !== undefined) args.push('--log', settings.logFile);
  const child = startProgram(process.execPath, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    cwd: '/',
    env: workerEnvironment(request),
  });
  child.unref();
  // Unref the pipes: they must not keep this program alive, and the worker runs without it.
  (child.stderr as Socket).unref();
  shareSecrets(child.stdio[SECRETS_DESCRIPTOR] as Socket, request);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-LAST_WORDS_LENGTH);
  });
  let exitCode: number | undefined;
  // Wait for `close`, since `exit` comes before the worker's last words are read.
  child.on('close', (code, signal) => {
    exitCode = code ?? SIGNAL_EXIT + (signal === null ? 0 : constants.signals[signal]);
  });
  child.on('error', (error) => {
    exitCode = COULD_NOT_RUN;
    said = error.message;
  });
  return { pid: child.pid, exitCode: () => exitCode, lastWords: () => said };
}

/** Environment of the worker: names this process's store, so that the worker never chooses another one. */
function workerEnvironment({ settings, apiUrl, stores, handed }: WorkerRequest): NodeJS.ProcessEnv {
  const kind = stores?.chosen?.kind;
  const agent = process.env['SSH_AUTH_SOCK'];
  return ownEnvironment(settings, {
    ...npmVariables(process.env),
    ...(handed.token === undefined ? {} : { [ENV.cloudToken]: handed.token }),
    ...(handed.dnsToken === undefined ? {} : { [ENV.dnsToken]: handed.dnsToken }),
    ...(handed.session === undefined ? {} : { [ENV.panelSession]: handed.session }),
    ...(agent === undefined || handed.agent !== true ? {} : { SSH_AUTH_SOCK: agent }),
    [ENV.installer]: settings.installer,
    [ENV.keystore]: kind === undefined || kind === 'sandbox' ? settings.keystore : kind,
    DIGITALOCEAN_API_URL: apiUrl,
  });
}

/** Shares memory with the worker, and the key of an open vault if it needs that; it finds the rest itself. */
function shareSecrets(channel: Socket, { stores, readsStore }: WorkerRequest): void {
  channel.unref();
  channel.on('error', () => undefined);
  const { chosen, vault } = stores ?? {};
  // Serve secrets from the store in use at that time: a vault made meanwhile takes over those in memory.
  if (chosen?.kind === 'session' && stores !== undefined) serveSecrets(channel, stores);
  else if (chosen?.kind === 'vault' && vault?.isUnlocked === true && readsStore)
    void vault.requireKey().then(({ identity }) => handOverKey(channel, identity));
  else channel.end();
}
