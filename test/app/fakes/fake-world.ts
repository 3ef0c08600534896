import { typedPaths } from '../../../src/services/files/typed-path.js';
import { MANAGED_TAG } from '../../../src/core/product.js';
import type { Clock } from '../../../src/core/time.js';
import { Emitter } from '../../../src/core/event.js';
import { toDisposable } from '../../../src/core/lifecycle.js';
import { authenticationFailed } from '../../../src/services/ssh/ssh-error.js';
import type { AppPorts, HealthWatch, TerminalPort } from '../../../src/app/ports.js';
import type { Accounts } from '../../../src/services/accounts/account-book.js';
import type { HomeReport } from '../../../src/services/files/inspect-home.js';
import type { EnvironmentFacts, Services } from '../../../src/usecases/work.js';
import type { RegionLatency } from '../../../src/services/latency/measure-regions.js';
import { checkToken } from '../../../src/services/digitalocean/token-check.js';
import type { ChosenKeystore } from '../../../src/services/keystore/choose-keystore.js';
import type { LegacyOutcome } from '../../../src/services/keystore/legacy-passwords.js';
import type { CheckResult, HealthChange } from '../../../src/services/health/health.js';
import { NO_HISTORY, type ServerHistory } from '../../../src/services/health/history/history.js';
import { Redactor } from '../../../src/services/log/redactor.js';
import { actOnDroplet } from '../../../src/services/provisioning/droplets/act-on-droplet.js';
import { destroyDroplet } from '../../../src/services/provisioning/droplets/destroy-droplet.js';
import {
  adoptUnlisted,
  destroyUnlisted,
} from '../../../src/services/provisioning/droplets/end-unlisted.js';
import { timing } from '../../../src/services/provisioning/timing.js';
import { importCertificate } from '../../../src/services/registry/server-credentials.js';
import type { FoundVersion } from '../../../src/services/installer/find-package.js';
import type { NameRecords } from '../../../src/services/network/name-records.js';
import type { UnitLog } from '../../../src/services/ssh/unit-log.js';
import { PanelError } from '../../../src/services/panel/panel-error.js';
import type { ServerEntry } from '../../../src/services/registry/registry.js';
import type { ScreenState } from '../../../src/services/files/screen-state.js';
import type { ServerMeta } from '../../../src/services/registry/server-meta.js';
import { ManualClock } from '../../fixtures/manual-clock.js';
import type { Droplet } from '../../../src/services/digitalocean/api.js';
import { FakeDigitalOcean, type FakeAccountWorld } from './fake-digitalocean.js';
import { FakeKeystore } from './fake-keystore.js';
import { FakeOperations } from './fake-operations.js';
import { FakePanels } from './fake-panels.js';
import { FakeRegistry } from './fake-registry.js';
import { StillClock } from './still-clock.js';

export class FakeHealth implements HealthWatch {
  private readonly changed = new Emitter<HealthChange>();
  readonly onChange = this.changed.event;
  watched: readonly ServerEntry[] = [];
  refreshes = 0;
  readonly histories = new Map<string, ServerHistory>();

  setServers(servers: readonly ServerEntry[]): void {
    this.watched = servers;
  }

  refresh(): void {
    this.refreshes += 1;
  }

  async history(serverId: string): Promise<ServerHistory> {
    return this.histories.get(serverId) ?? NO_HISTORY;
  }

  report(change: HealthChange): void {
    this.changed.fire(change);
  }
}

/** Regions answer when the test says so. */
export class FakeLatency {
  private sample: ((slug: string, latency: RegionLatency) => void) | undefined;
  private finish: (() => void) | undefined;
  measured: readonly string[] = [];

  readonly measure: AppPorts['measureRegions'] = (slugs, onSample) => {
    this.measured = slugs;
    this.sample = onSample;
    return new Promise((resolve) => {
      this.finish = resolve;
    });
  };

  answer(slug: string, medianMs: number): void {
    this.sample?.(slug, { state: 'measured', medianMs, jitterMs: 1, samplesMs: [medianMs] });
  }

  fail(slug: string): void {
    this.sample?.(slug, { state: 'failed', reason: 'timed out' });
  }

  end(): void {
    this.finish?.();
  }
}

export class FakeTerminalPort implements TerminalPort {
  readonly copied: string[] = [];
  readonly notified: string[] = [];
  bells = 0;

  copy(text: string): void {
    this.copied.push(text);
  }

  copyLines(text: string): void {
    this.copied.push(text);
  }

  bell(): void {
    this.bells += 1;
  }

  notify(message: string): void {
    this.notified.push(message);
  }
}

const FACTS: EnvironmentFacts = {
  hasBrowser: true,
  inSshSession: false,
  inTmux: false,
  hasKeychain: false,
  sandbox: false,
  updateNotice: false,
  hostName: 'bastion.example.com',
  userName: 'ops',
  apiUrl: 'https://api.digitalocean.com/',
  home: '/home/ops/.portlama',
  userId: 1000,
  platform: 'linux',
  nodeVersion: '20.19.0',
  keystoreWish: 'auto',
  busAddress: undefined,
  proxyVariables: [],
  serversPath: '/home/ops/.portlama/servers.json',
  logPath: undefined,
  version: '0.1.0',
  offer: { sizeSlug: 's-1vcpu-512mb-10gb', imageTitle: 'Ubuntu 24.04 LTS' },
};

const OFFLINE: CheckResult = {
  state: 'offline',
  reason: 'connection refused',
  code: 'ECONNREFUSED',
};

const refuse = (): Promise<never> => Promise.reject(new Error('No test of the screens does this.'));
const NOTHING = toDisposable(() => undefined);
const NO_SSH: Services['ssh'] = {
  keyOfFile: refuse,
  keysOfAgent: refuse,
  keysOfGitHub: refuse,
  readKeys: refuse,
  hostKey: async () => undefined,
  run: refuse,
  readLog: refuse,
  connect: refuse,
  showHostKey: refuse,
  pinHostKey: refuse,
};
const NO_TRANSFER: Services['transfer'] = {
  collect: refuse,
  write: refuse,
  requireRecipients: refuse,
  requireAbsent: async () => undefined,
  read: refuse,
  readIdentity: refuse,
  openCertificate: refuse,
  keep: refuse,
};

/** All ports, in memory, and the handles by which a test moves them. */
export class FakeWorld {
  readonly clock = new StillClock();
  readonly registry: FakeRegistry;
  readonly operations = new FakeOperations(this.clock);
  readonly keystore = new FakeKeystore();
  readonly health = new FakeHealth();
  readonly latency = new FakeLatency();
  readonly panels: FakePanels;
  readonly account: FakeAccountWorld = emptyAccount();
  readonly clients: FakeDigitalOcean[] = [];
  readonly logged: string[] = [];
  readonly opened: string[] = [];
  readonly saved = new Map<string, string>();
  /** Files at paths that the person named. */
  readonly keptFiles = new Map<string, Buffer>();
  /** Of every droplet. */
  hostKey: string | undefined = 'ssh-ed25519 AAAA';
  /** What ssh reads of a unit's log. */
  readonly unitLogs = new Map<string, UnitLog>();
  readonly removedFiles: string[] = [];
  readonly removedIdentities: string[] = [];
  /** Why the keychain keeps its identities. */
  keychainFailure: Error | undefined;
  readonly ports: AppPorts;
  /** Passwords in servers.json. */
  legacyPasswords = 0;
  homeReport: HomeReport = { mode: 0o700, faults: [] };
  /** Answers of panels that are asked directly, by server id. */
  readonly panelHealth = new Map<string, CheckResult>();
  /** The panels' own API; none answers without it. */
  openPanelApi: AppPorts['openPanelApi'] | undefined;
  nameServers: readonly string[] = ['ns1.digitalocean.com'];
  resolveName: (name: string) => NameRecords = () => ({ a: [], aaaa: [] });
  /** What the screens remember. */
  screenState: ScreenState = {};
  accounts: Accounts = { current: 'default', named: [] };
  /** Accounts of other tokens than the usual ones. */
  readonly accountsByToken = new Map<string, FakeAccountWorld>();
  readonly serverMeta = new Map<string, ServerMeta>();
  /** What the npm registry has, by package. */
  newest: Readonly<Record<string, FoundVersion>> = {};
  renewCertificate: AppPorts['renewCertificate'] | undefined;
  recoverCertificate: AppPorts['recoverCertificate'] | undefined;
  /** Logins to servers; refused where undefined. */
  connect: Services['ssh']['connect'] | undefined;
  /** Host keys that servers show. */
  shownHostKey: string | undefined;
  /** Time of workers, where it is not that of the screens. */
  workerClock: Clock | undefined;
  private newPasswords = 0;
  /** What becomes of passwords in servers.json. */
  legacy: LegacyOutcome = { moved: [], left: [] };

  constructor(
    options: {
      readonly servers?: readonly ServerEntry[];
      readonly facts?: Partial<EnvironmentFacts>;
      readonly suppliedTokens?: AppPorts['suppliedTokens'];
      readonly account?: string;
      readonly suppliedPassphrase?: AppPorts['suppliedPassphrase'];
      readonly stores?: ChosenKeystore;
    } = {},
  ) {
    this.registry = new FakeRegistry(options.servers);
    this.panels = new FakePanels(this.registry, this.clock);
    this.operations.perform = async (run, onWake) => {
      const { performUpkeep } = await import('../../../src/usecases/perform-upkeep.js');
      const services = { ...this.ports, clock: this.workerClock ?? this.clock };
      const session = this.operations.sessions.at(-1);
      return await performUpkeep(run, { services, session, onWake });
    };
    this.operations.end = async (run) => {
      const { endUpkeep } = await import('../../../src/usecases/perform-upkeep.js');
      const services = { ...this.ports, clock: this.workerClock ?? this.clock };
      return await endUpkeep(run, { services, session: undefined, onWake: () => NOTHING });
    };
    this.ports = {
      clock: this.clock,
      environment: { ...FACTS, ...options.facts },
      registry: this.registry,
      operations: this.operations,
      keystore: options.stores ?? this.keystore,
      stores: options.stores,
      keychain: undefined,
      keyDesk: undefined,
      inspectHome: async () => this.homeReport,
      describeSystem: async () => 'Debian GNU/Linux 12 (linux 6.1.0 x64)',
      countLegacyPasswords: async () => this.legacyPasswords,
      moveLegacyPasswords: async () => this.legacy,
      health: this.health,
      screenMemory: {
        read: async () => this.screenState,
        change: async (change) => void (this.screenState = { ...this.screenState, ...change }),
      },
      panels: this.panels,
      transfer: NO_TRANSFER,
      ssh: {
        ...NO_SSH,
        hostKey: async () => this.hostKey,
        connect: async (login, signal) => {
          if (this.connect !== undefined) return await this.connect(login, signal);
          throw authenticationFailed(login.server.ip, 'root');
        },
        showHostKey: async () => this.shownHostKey ?? '',
        pinHostKey: async (_id, line) => void (this.hostKey = line),
        readLog: async ({ unit }) =>
          this.unitLogs.get(unit) ?? { kind: 'unread', reason: 'Permission denied (publickey).' },
      },
      suppliedTokens: options.suppliedTokens ?? {},
      accounts: {
        wish: options.account,
        read: async () => this.accounts,
        change: async (edit) => void (this.accounts = edit(this.accounts)),
        choose: async (current) => void (this.accounts = { ...this.accounts, current }),
      },
      suppliedPassphrase: options.suppliedPassphrase,
      log: { write: (kind, text) => this.logged.push(`${kind} ${text}`) },
      redactor: new Redactor(),
      createApi: (token) => this.createApi(token),
      checkToken,
      measureRegions: this.latency.measure,
      actOnDroplet: (api, id, request, signal, onWaiting) =>
        actOnDroplet(id, request, {
          api,
          onWaiting,
          signal,
          clock: new ManualClock(),
          timing: timing(),
          requiredTags: [MANAGED_TAG],
        }),
      destroyDroplet: (api, id, signal, onWaiting) =>
        destroyDroplet(id, {
          api,
          onWaiting,
          signal,
          clock: new ManualClock(),
          timing: timing(),
          requiredTags: [MANAGED_TAG],
        }),
      destroyUnlisted: (api, unlisted, signal, onWaiting) =>
        destroyUnlisted(unlisted, {
          api,
          onWaiting,
          signal,
          clock: new ManualClock(),
          timing: timing(),
        }),
      adoptUnlisted: (unlisted, wish) =>
        adoptUnlisted(
          unlisted,
          { registry: this.registry, clock: this.clock, apiIsLoopback: true },
          wish,
        ),
      checkHealth: async ({ id }) => this.panelHealth.get(id) ?? OFFLINE,
      openPanelApi: async (server, signal, evenDead) => {
        if (this.openPanelApi !== undefined)
          return await this.openPanelApi(server, signal, evenDead);
        throw new PanelError('panel-refused', `The panel of ${server.label} refuses connections.`);
      },
      panelSessions: new Map(),
      resolveName: async (name) => this.resolveName(name),
      resolveNameServers: async () => this.nameServers,
      readServerMeta: async (id) => this.serverMeta.get(id) ?? {},
      changeServerMeta: async (id, change) => {
        const known = this.serverMeta.get(id) ?? {};
        const fields = typeof change === 'function' ? change(known) : change;
        this.serverMeta.set(id, { ...known, ...fields });
      },
      findNewest: async (name) => this.newest[name] ?? { kind: 'missing' },
      renewCertificate: async (server, api, signal) => {
        if (this.renewCertificate !== undefined)
          return await this.renewCertificate(server, api, signal);
        throw new PanelError('panel-refused', `The panel of ${server.label} refuses connections.`);
      },
      recoverCertificate: async (server, files, signal) => {
        if (this.recoverCertificate !== undefined)
          return await this.recoverCertificate(server, files, signal);
        throw new PanelError('panel-refused', `The panel of ${server.label} refuses connections.`);
      },
      newPassword: () => `new-password-${++this.newPasswords}`,
      importCertificate: (serverId, certificate) =>
        importCertificate(serverId, certificate, {
          home: '/nonexistent',
          registry: this.registry,
          keystore: this.keystore,
        }),
      restoreServers: async () => {
        this.registry.restore();
        return '/home/ops/.portlama/broken-servers.json';
      },
      removeIdentity: async ({ id, authMethod }) => {
        if (authMethod !== 'keychain') return false;
        if (this.keychainFailure !== undefined) throw this.keychainFailure;
        return this.removedIdentities.push(id) > 0;
      },
      removeServerFiles: async (id) => this.removedFiles.push(id) > 0,
      openUrl: async (url) => void this.opened.push(url),
      paths: typedPaths,
      savePrivateFile: async (path, content) => void this.keptFiles.set(path, Buffer.from(content)),
      saveText: async (name, content) => {
        this.saved.set(name, content);
        return `/home/ops/.portlama/logs/${name}`;
      },
    };
  }

  /** Gives the account a droplet. */
  addDroplet(droplet: Droplet): Droplet {
    this.account.droplets.set(droplet.id, droplet);
    return droplet;
  }

  private createApi(token: string): FakeDigitalOcean {
    const client = new FakeDigitalOcean(token, this.accountsByToken.get(token) ?? this.account);
    this.clients.push(client);
    return client;
  }
}

/** An account without droplets. */
export function emptyAccount(): FakeAccountWorld {
  return {
    droplets: new Map(),
    looks: [],
    listLags: false,
    ghosts: [],
    zones: new Map(),
    domainLists: 0,
    actions: new Map(),
    snapshots: undefined,
    reserved: undefined,
    gate: Promise.resolve(),
    slow: Promise.resolve(),
    failure: undefined,
  };
}

export const EDGE: ServerEntry = {
  id: '3f0e6a52-5d1e-4a57-9d0c-0a1b2c3d4e5f',
  label: 'fra1-edge',
  panelUrl: 'https://203.0.113.42:9292',
  ip: '203.0.113.42',
  provider: 'digitalocean',
  providerId: '312876543',
  region: 'fra1',
  createdAt: '2026-11-20T14:00:00Z',
  active: true,
  authMethod: 'p12',
  p12Path: '/home/ops/.portlama/servers/3f0e6a52-5d1e-4a57-9d0c-0a1b2c3d4e5f/client.p12',
};

export const LAB: ServerEntry = {
  ...EDGE,
  id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  label: 'nyc3-lab',
  panelUrl: 'https://198.51.100.7:9292',
  ip: '198.51.100.7',
  providerId: '312876544',
  region: 'nyc3',
  active: false,
};

export const OLD_BOX: ServerEntry = {
  id: '550e8400-e29b-41d4-a716-446655440000',
  label: 'old-box',
  panelUrl: 'https://panel.example.com',
  ip: '192.0.2.9',
  domain: 'panel.example.com',
  createdAt: '2025-02-03T08:00:00Z',
  active: false,
  authMethod: 'p12',
};
