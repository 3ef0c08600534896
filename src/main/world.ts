import { type Clock, systemClock } from '../core/time.js';
import { type AccountBook, openAccountBook } from '../services/accounts/account-book.js';
import type { DigitalOceanApi } from '../services/digitalocean/api.js';
import { createDigitalOcean } from '../services/digitalocean/client.js';
import { type FindNewest, newestFinder } from '../services/installer/find-package.js';
import type { Keychain } from '../services/keychain/keychain.js';
import { LoginKeychain } from '../services/keychain/login-keychain.js';
import type { ChosenKeystore } from '../services/keystore/choose-keystore.js';
import type { Keystore } from '../services/keystore/keystore.js';
import { type LegacyOutcome, moveLegacyPasswords } from '../services/keystore/legacy-passwords.js';
import { createOsKeystore } from '../services/keystore/os-keystore.js';
import { type DebugLog, openDebugLog, silentLog } from '../services/log/debug-log.js';
import { Redactor } from '../services/log/redactor.js';
import { type Lookup, systemLookup } from '../services/network/addresses.js';
import {
  type ResolveName,
  type ResolveNameServers,
  systemResolveName,
  systemResolveNameServers,
} from '../services/network/name-records.js';
import { connectProxyDial, type Dial, directDial } from '../services/network/dial.js';
import { absoluteHomeFolder } from '../services/process/surroundings.js';
import { createOperations } from '../services/provisioning/operations-service.js';
import type { Operations } from '../services/provisioning/operations.js';
import { timing, type Timing } from '../services/provisioning/timing.js';
import { createRegistry, type FileRegistry } from '../services/registry/registry-file.js';
import { readServerP12 } from '../services/registry/server-files.js';
import type { SandboxFolder } from '../sandbox/folder.js';
import { forgetEarlierWorld, joinSandbox, openHome } from './sandbox.js';
import type { Services } from '../usecases/work.js';
import type { Console } from '../cli/console.js';
import { notice } from '../cli/notices.js';
import type { Settings } from '../cli/settings.js';
import { startWorker } from './start-worker.js';
import { openStores, openWorkerStore } from '../cli/stores.js';

export const DROPLET_IMAGE = 'ubuntu-24-04-x64';
export const DROPLET_IMAGE_TITLE = 'Ubuntu 24.04 LTS';

/** Asks the registry of this person's npm. */
const findNewest: FindNewest = (name, signal) =>
  newestFinder({ environment: process.env, homeFolder: absoluteHomeFolder() })(name, signal);

/** The services, wired: against the real world, or against the sandbox. */
export interface World {
  readonly settings: Settings;
  readonly home: string;
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly redactor: Redactor;
  readonly log: DebugLog;
  readonly keystore: Keystore;
  /** The choice behind `keystore`; undefined in the sandbox and in a worker, which have none. */
  readonly stores: ChosenKeystore | undefined;
  /** Login keychain of a Mac; undefined elsewhere, and in the sandbox, which must not write to a real one. */
  readonly keychain: Keychain | undefined;
  readonly registry: FileRegistry;
  readonly dial: Dial;
  /** Addresses of names as programs of this machine see them. */
  readonly lookup: Lookup;
  /** The DNS's own records. */
  readonly resolveName: ResolveName;
  readonly resolveNameServers: ResolveNameServers;
  readonly findNewest: FindNewest;
  /** PEM certificates that count as public authorities instead of the system's: the sandbox's. */
  readonly authorities: readonly string[] | undefined;
  readonly operations: Operations;
  /** Tokens that need neither typing nor the store: the environment's, and the sandbox's sample. */
  readonly suppliedTokens: Services['suppliedTokens'];
  readonly accounts: AccountBook;
  /** Token that other clients need at the sandbox's port, which is `apiUrl`. */
  readonly portToken: string | undefined;
  createApi(token: string): DigitalOceanApi;
  /** Moves passwords that other programs left in servers.json into the credential store. */
  moveLegacyPasswords(): Promise<LegacyOutcome>;
  /** Takes the questions of commands in the place of the terminal: the prompt of plain mode. */
  readonly console?: Console | undefined;
  close(): Promise<void>;
}

export async function buildWorld(
  settings: Settings,
  isWorker = false,
  clock: Clock = systemClock,
): Promise<World> {
  const folder = await openHome(settings);
  const redactor = new Redactor();
  if (settings.tokenFromEnvironment !== undefined) redactor.add(settings.tokenFromEnvironment);
  const log =
    settings.logFile === undefined
      ? silentLog
      : await openDebugLog(settings.logFile, clock, redactor, notice);
  const sandbox = folder === undefined ? undefined : await joinSandbox(folder, settings);
  const apiUrl = sandbox?.url ?? settings.apiUrl;
  const kept = await openKeystore(settings, { clock, redactor, isWorker }, sandbox?.keystore);
  const { keystore, stores } = kept;
  const registry = createRegistry({ home: settings.home, clock });
  if (folder !== undefined && sandbox?.isFresh) await startEmpty(folder, registry);
  return {
    settings,
    home: settings.home,
    apiUrl,
    clock,
    redactor,
    log,
    keystore,
    stores,
    keychain:
      sandbox === undefined ? openKeychain(process.platform, absoluteHomeFolder()) : undefined,
    registry,
    // Called rather than taken: the first call loads them, after the first frame.
    dial:
      sandbox === undefined
        ? Object.assign<Dial, Pick<Dial, 'isDirect'>>(
            (host, port, options) => directDial(host, port, options),
            { isDirect: true },
          )
        : connectProxyDial(sandbox),
    lookup: sandbox?.lookup ?? ((name) => systemLookup(name)),
    resolveName: sandbox?.resolveName ?? ((name) => systemResolveName(name)),
    resolveNameServers:
      sandbox?.resolveNameServers ?? ((domain) => systemResolveNameServers(domain)),
    findNewest: sandbox?.findNewest ?? findNewest,
    authorities: sandbox === undefined ? undefined : [sandbox.authority],
    operations: worldOperations({ settings, clock, redactor, apiUrl, stores }, keystore),
    suppliedTokens: { environment: settings.tokenFromEnvironment, sandbox: sandbox?.token },
    accounts: openAccountBook(settings.home, settings.account),
    portToken: sandbox?.portToken,
    createApi: (token) => {
      redactor.add(token);
      const api = createDigitalOcean({
        baseUrl: apiUrl,
        token,
        clock,
        socketPath: sandbox?.socketPath,
      });
      api.onCall(({ method, path, status, durationMs, requestId }) =>
        log.write(
          'api',
          `${method} ${path} ${status ?? 'no answer'} ${Math.round(durationMs)} ms ${requestId ?? ''}`,
        ),
      );
      return api;
    },
    moveLegacyPasswords: () =>
      moveLegacyPasswords({
        registry,
        keystore,
        redactor,
        readP12: async (id) => {
          const server = (await registry.list()).find((entry) => entry.id === id);
          return server === undefined ? undefined : await readServerP12(settings.home, server);
        },
      }),
    async close() {
      sandbox?.detach();
      kept.close?.();
      await log.close();
    },
  };
}

/** The world of a sandbox ends with its process, and its list goes with it. */
async function startEmpty(folder: SandboxFolder, registry: FileRegistry): Promise<void> {
  const gone = await forgetEarlierWorld(folder, registry);
  const servers =
    gone === 1 ? '1 server of an earlier sandbox is' : `${gone} servers of an earlier sandbox are`;
  if (gone > 0) notice(`The sandbox starts empty: ${servers} gone.`);
}

/** Keychain for certificates with their keys; undefined on anything but a Mac. */
export function openKeychain(
  platform: NodeJS.Platform,
  homeFolder: string | undefined,
): Keychain | undefined {
  return platform === 'darwin' && homeFolder !== undefined
    ? new LoginKeychain({ homeFolder })
    : undefined;
}

/** The sandbox's droplets boot in seconds, so less patience is needed there. */
export function worldTiming(world: World): Timing {
  return timing(world.settings.sandbox ? world.settings.sandboxPatience : 1);
}

async function openKeystore(
  settings: Settings,
  { clock, redactor, isWorker }: Pick<World, 'clock' | 'redactor'> & { isWorker: boolean },
  sandbox: Keystore | undefined,
): Promise<Pick<World, 'keystore' | 'stores'> & { close?(): void }> {
  // The sandbox's own store, but for who asks for a vault or for memory: never the real store of the system.
  const hasWish = settings.keystore === 'vault' || settings.keystore === 'session';
  if (sandbox !== undefined && !hasWish) return { keystore: sandbox, stores: undefined };
  // Even a move between the stores stays in the sandbox.
  const os = sandbox ?? createOsKeystore();
  if (isWorker)
    return { ...(await openWorkerStore(settings, clock, redactor, os)), stores: undefined };
  const stores = openStores(settings, clock, redactor, os);
  return { keystore: stores, stores };
}

type Parts = Pick<World, 'settings' | 'clock' | 'redactor' | 'apiUrl' | 'stores'>;

function worldOperations(parts: Parts, keystore: Keystore): Operations {
  const { settings, clock, redactor, apiUrl, stores } = parts;
  const operations = createOperations({
    home: settings.home,
    clock,
    redactor,
    keystore,
    defaults: { image: DROPLET_IMAGE, installer: settings.installer, apiUrl },
    startWorker: (operationId, mode, handed, readsStore) =>
      startWorker({ settings, apiUrl, stores, operationId, mode, readsStore, handed }),
  });
  return {
    ...operations,
    async start(choice, token, dnsToken) {
      // The worker uses the store of this process, so one has to be chosen, and work, before it begins.
      await stores?.choose();
      return await operations.start(choice, token, dnsToken);
    },
    async startUpkeep(server, work, handed) {
      await stores?.choose();
      return await operations.startUpkeep(server, work, handed);
    },
    async resume(id, handed) {
      await stores?.choose();
      await operations.resume(id, handed);
    },
  };
}
