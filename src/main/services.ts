import { typedPaths } from '../services/files/typed-path.js';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DEFAULT_SIZE, MANAGED_TAG } from '../core/product.js';
import { lateKeyDesk } from './key-desk.js';
import { createPanelDesk } from './panel-desk.js';
import { createSshDesk } from './ssh-desk.js';
import { createTransferDesk } from './transfer-desk.js';
import { DROPLET_IMAGE_TITLE, type World, worldTiming } from './world.js';
import { findBrowser, isSshSession } from '../services/browser/browser.js';
import { isLoopbackApi } from '../services/digitalocean/api-url.js';
import { checkToken } from '../services/digitalocean/token-check.js';
import { asFileError, makePrivateFolder, writeNewFile } from '../services/files/atomic.js';
import { inspectHome } from '../services/files/inspect-home.js';
import { createHealthCheck } from '../services/health/panel-health-check.js';
import { removeServerIdentity } from '../services/keychain/server-identity.js';
import { passphraseReader } from '../services/keystore/passphrase-source.js';
import { measureRegions } from '../services/latency/measure-regions.js';
import { importCertificate } from '../services/registry/server-credentials.js';
import { restoreNewestBackup } from '../services/registry/backup.js';
import { removeServerFiles } from '../services/registry/server-files.js';
import { hostName, userName } from '../services/process/surroundings.js';
import { describeSystem } from '../services/process/identity.js';
import type { EnvironmentFacts, Services } from '../usecases/work.js';

/** Random bytes of a password that is made here. */
const PASSWORD_BYTES = 18;
const PROXY_VARIABLES = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
];

/** Late, like the panel's API: zod reads what both hold. */
const loadMeta = (): Promise<typeof import('../services/registry/server-meta.js')> =>
  import('../services/registry/server-meta.js');

/** Wires the services of the use cases. */
export function createServices(
  world: World,
  environment: NodeJS.ProcessEnv,
  version: string,
): Services {
  const { home, clock, dial, keystore, keychain, registry, authorities, resolveName } = world;
  const { passphraseSource } = world.settings;
  const { pingMs } = worldTiming(world);
  const panelPorts = { home, keystore, dial, authorities, pingMs };
  const browser = findBrowser(environment);
  return {
    clock,
    registry,
    keystore,
    keychain,
    keyDesk: keychain && lateKeyDesk({ ...panelPorts, keychain, registry, clock }),
    environment: {
      ...environmentFacts(world, environment, version),
      hasBrowser: browser !== undefined,
    },
    operations: world.operations,
    stores: world.stores,
    panels: createPanelDesk(world),
    transfer: createTransferDesk(world),
    ssh: createSshDesk(world, environment),
    suppliedTokens: world.suppliedTokens,
    accounts: world.accounts,
    suppliedPassphrase:
      passphraseSource === undefined ? undefined : passphraseReader(passphraseSource, environment),
    log: world.log,
    redactor: world.redactor,
    ...dropletServices(world),
    inspectHome: () => inspectHome(home),
    describeSystem,
    countLegacyPasswords: async () => (await registry.findLegacyPasswords()).length,
    moveLegacyPasswords: () => world.moveLegacyPasswords(),
    createApi: (token) => world.createApi(token),
    checkToken: (api, signal) => checkToken(api, signal),
    async checkHealth(server, signal) {
      const health = createHealthCheck({ home, dial, keystore, keychain, clock, authorities });
      try {
        return await health.check(server, { signal, fresh: true });
      } finally {
        health.dispose();
      }
    },
    // Late: the panel's API brings zod, which no start needs.
    async openPanelApi(server, signal, evenDead) {
      const { connectPanel } = await import('../services/panel/connect-panel.js');
      return await connectPanel(server, { ...panelPorts, keychain, evenDead }, signal);
    },
    panelSessions: new Map(),
    resolveName,
    resolveNameServers: world.resolveNameServers,
    findNewest: world.findNewest,
    async renewCertificate(server, api, signal) {
      const { renewCertificate } = await import('../services/panel/renew-certificate.js');
      return await renewCertificate(server, api, { ...panelPorts, registry }, signal);
    },
    async recoverCertificate(server, files, signal) {
      const { recoverCertificate } = await import('../services/panel/recover-certificate.js');
      return await recoverCertificate(server, files, { ...panelPorts, registry, clock }, signal);
    },
    readServerMeta: async (id) => (await loadMeta()).readServerMeta(home, id),
    changeServerMeta: async (id, change) => (await loadMeta()).changeServerMeta(home, id, change),
    newPassword: () => randomBytes(PASSWORD_BYTES).toString('base64url'),
    measureRegions: (slugs, onSample, signal) =>
      measureRegions(slugs, { dial, clock, onSample, signal }),
    importCertificate: (serverId, certificate) =>
      importCertificate(serverId, certificate, { home, registry, keystore }),
    restoreServers: () => restoreNewestBackup(registry.path, clock),
    removeIdentity: (server) => removeServerIdentity(keychain, home, server),
    removeServerFiles: (id) => removeServerFiles(home, id),
    openUrl: (url) => browser?.open(url) ?? Promise.resolve(),
    savePrivateFile,
    paths: typedPaths,
    saveText: (name, content) => saveText(home, name, content),
  };
}

/** Late: only what acts on a droplet needs it. */
const loadUnlisted = () => import('../services/provisioning/droplets/end-unlisted.js');

function dropletServices(
  world: World,
): Pick<Services, 'actOnDroplet' | 'destroyDroplet' | 'destroyUnlisted' | 'adoptUnlisted'> {
  const { registry, clock, apiUrl } = world;
  const timing = worldTiming(world);
  const onlyOurs = { clock, timing, requiredTags: [MANAGED_TAG] };
  return {
    async actOnDroplet(api, dropletId, request, signal, onWaiting) {
      const { actOnDroplet } = await import('../services/provisioning/droplets/act-on-droplet.js');
      const ports = { api, ...onlyOurs, onWaiting, signal };
      return await actOnDroplet(dropletId, request, ports);
    },
    async destroyDroplet(api, dropletId, signal, onWaiting) {
      const { destroyDroplet } =
        await import('../services/provisioning/droplets/destroy-droplet.js');
      return await destroyDroplet(dropletId, { api, ...onlyOurs, onWaiting, signal });
    },
    async destroyUnlisted(api, unlisted, signal, onWaiting) {
      const { destroyUnlisted } = await loadUnlisted();
      return await destroyUnlisted(unlisted, { api, clock, timing, onWaiting, signal });
    },
    async adoptUnlisted(unlisted, wish) {
      const { adoptUnlisted } = await loadUnlisted();
      const ports = { registry, clock, apiIsLoopback: isLoopbackApi(apiUrl) };
      return await adoptUnlisted(unlisted, ports, wish);
    },
  };
}

function environmentFacts(
  world: World,
  environment: NodeJS.ProcessEnv,
  version: string,
): Omit<EnvironmentFacts, 'hasBrowser'> {
  const { settings, home, registry, apiUrl, keychain } = world;
  return {
    inSshSession: isSshSession(environment),
    inTmux: Boolean(environment['TMUX']),
    hostName: hostName(),
    reachedAt: reachedAt(environment),
    userName: userName(environment),
    hasKeychain: keychain !== undefined,
    sandbox: settings.sandbox,
    updateNotice: settings.updateNotice,
    apiUrl,
    home,
    userId: process.getuid?.(),
    platform: process.platform,
    nodeVersion: process.versions.node,
    keystoreWish: settings.keystore,
    busAddress: environment['DBUS_SESSION_BUS_ADDRESS'],
    proxyVariables: PROXY_VARIABLES.filter((name) => (environment[name] ?? '') !== ''),
    serversPath: registry.path,
    logPath: settings.logFile,
    version,
    offer: {
      sizeSlug: DEFAULT_SIZE,
      imageTitle: DROPLET_IMAGE_TITLE,
    },
  };
}

/** `SSH_CONNECTION` holds both ends: client address and port, server address and port (sshd's environment). */
function reachedAt(environment: NodeJS.ProcessEnv): EnvironmentFacts['reachedAt'] {
  const [, , address, port] = (environment['SSH_CONNECTION'] ?? '').split(' ');
  return address === undefined || port === undefined ? undefined : { address, port };
}

async function savePrivateFile(path: string, content: Uint8Array): Promise<void> {
  await writeNewFile(path, content).catch((error: unknown) => {
    throw asFileError(error, path);
  });
}

/** Writes a new file each time, so that nothing kept before is overwritten. */
async function saveText(home: string, name: string, content: string): Promise<string> {
  const folder = join(home, 'logs');
  await makePrivateFolder(home);
  await makePrivateFolder(folder);
  const plainName = name
    .replace(/\.log$/, '')
    .replaceAll(/[^a-z0-9-]+/gi, '-')
    .slice(0, 80);
  const path = join(folder, `${plainName}-${randomBytes(3).toString('hex')}.log`);
  await writeNewFile(path, content);
  return path;
}
