import type { AddServerState, SetUpDraft, TokenOrigin, WizardState } from './form-state.js';
import type { Health } from '../services/health/health.js';
import type { Bucket, ServerHistory } from '../services/health/history/history.js';
import type { ServerStatus } from '../usecases/show-status.js';
import type { Operation } from '../services/provisioning/operations.js';
import type { UnlistedDroplet } from '../services/provisioning/droplets/unlisted.js';
import type { Droplet } from '../services/digitalocean/api.js';
import type { FoundVersion } from '../services/installer/find-package.js';
import type { PanelAgentCertificate } from '../services/panel/calls/agents.js';
import type { PanelTunnel } from '../services/panel/calls/tunnels.js';
import type { PanelInvitation, PanelUser } from '../services/panel/calls/users.js';
import type { PanelCertificate, PanelService } from '../services/panel/panel-bodies.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Dialog } from './dialogs.js';
import type { LogEntry } from '../words/operations.js';
import type { EnvironmentFacts } from '../usecases/work.js';
import type { Settings } from './ports.js';
import type { StepTimes } from './remaining-time.js';
import type { OfflineCause } from '../words/offline.js';
import type { ShownError } from './shown-error.js';

/** Everything the program knows. Changed by `reduce` alone; holds no secret but what an open dialog shows once. */
export interface AppState {
  readonly settings: Settings;
  readonly environment: EnvironmentFacts;
  readonly servers: ServersState;
  /** Health by server id. A map, since each check copies it: with 1,000 servers several are checked every second. */
  readonly health: ReadonlyMap<string, ServerHealth>;
  /** Looks of the last 24 hours, summed up in a few buckets, by server id. */
  readonly strips: ReadonlyMap<string, readonly Bucket[]>;
  /** History of the server under the cursor, or of the page. */
  readonly lookedAt: { readonly serverId: string; readonly history: ServerHistory } | undefined;
  readonly operations: OperationsState;
  readonly droplets: DropletsState;
  readonly keystore: KeystoreState;
  /** E-mail of the DigitalOcean account, once a token told it. */
  readonly accountEmail: string | undefined;
  /** Its name here, where there are several. */
  readonly accountName: string | undefined;
  /** Whole days left of a token that expires soon. */
  readonly tokenDays: number | undefined;
  readonly wizard: WizardState | undefined;
  readonly addServer: AddServerState | undefined;
  /** Set-ups of domains that are on screen or under way, by server id. */
  readonly setUps: Readonly<Record<string, SetUpDraft>>;
  /** Facts of client certificates by server id, once read. */
  readonly certificates: Readonly<Record<string, ClientCertificate>>;
  /** First end of a public certificate, epoch ms, by the id of each server whose panel was asked for them. */
  readonly publicEnds: ReadonlyMap<string, number>;
  /** The first is the servers list; the last is on screen. */
  readonly routes: readonly Route[];
  /** Facts looked up for the page of a server, while one is open. */
  readonly page: ServerPage | undefined;
  /** Uses of machines at the last looks of this run, oldest first, by server id: panels keep none. */
  readonly machineUse: ReadonlyMap<string, readonly MachineUse[]>;
  /** Lists of a server's panel, while their screen is open. */
  readonly team: TeamState | undefined;
  readonly overlay: OverlayName | undefined;
  /** The first is on screen, the others wait: keys on their way to one must not answer another. */
  readonly dialogs: readonly Dialog[];
  readonly toasts: readonly Toast[];
  readonly activity: readonly Activity[];
  readonly running: readonly RunningAction[];
  /** Ctrl-C was pressed at this time (monotonic, milliseconds). */
  readonly interruptedAt: number | undefined;
  /** Set once, to end the program. */
  readonly exit: ExitReason | undefined;
}

export interface ServersState {
  /** False until servers.json was read for the first time. */
  readonly loaded: boolean;
  readonly list: readonly ServerEntry[];
  readonly error: ShownError | undefined;
  /** Was added just now: the cursor goes there. */
  readonly added: string | undefined;
  /** Was active before the last change here: what undoing makes active. */
  readonly activeBefore: string | undefined;
  /** Order of the list; that of the file when undefined. */
  readonly sort: ListSort | undefined;
}

/** Order of the servers list, by a column's id. */
export interface ListSort {
  readonly column: string;
  readonly descending: boolean;
}

/** The admin certificate of a server on this machine. */
export type ClientCertificate =
  | { readonly state: 'known'; readonly notAfter: number }
  | { readonly state: 'absent' }
  | { readonly state: 'unreadable'; readonly reason: string };

export interface ServerPage {
  readonly serverId: string;
  /** Facts of the machine from its panel; undefined until it answered. */
  readonly machine: ServerStatus | undefined;
  /** The panel tells nothing of it before the code of its second factor. */
  readonly wantsCode?: boolean | undefined;
  /** Its droplet, as DigitalOcean has it; undefined until that answered. */
  readonly droplet: Droplet | undefined;
  /** When the token that answered for it expires, epoch ms; `never`, or undefined until it was asked. */
  readonly tokenExpiresAt?: number | 'never' | undefined;
  /** The newest panel in the npm registry; undefined until that was asked. */
  readonly newest?: FoundVersion | undefined;
  /** Why its panel did not answer when that was last asked; undefined until then. */
  readonly cause?: OfflineCause | undefined;
  /** The person's note. */
  readonly note?: string | undefined;
  /** Account of its droplet, `sammy@example.com (My Team)`; undefined until that is known. */
  readonly account?: string | undefined;
  /** Milliseconds that creating it here took; undefined where that is not known. */
  readonly madeInMs: number | undefined;
}

/** Shares of a machine in use at one look, percent; undefined where the panel left one out. */
export interface MachineUse {
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
  readonly disk: number | undefined;
}

export type TeamTab = 'tunnels' | 'users' | 'agents' | 'services' | 'certificates';

/** Lists as the panel told them last; undefined until it answered. */
export interface TeamState {
  readonly serverId: string;
  readonly tab: TeamTab;
  readonly tunnels?: readonly PanelTunnel[] | undefined;
  readonly users?: readonly PanelUser[] | undefined;
  readonly invitations?: readonly PanelInvitation[] | undefined;
  readonly agents?: readonly PanelAgentCertificate[] | undefined;
  readonly services?: readonly PanelService[] | undefined;
  readonly certificates?: readonly PanelCertificate[] | undefined;
  /** The timer that renews public certificates is on. */
  readonly renewsItself?: boolean | undefined;
  /** Why the panel told nothing when it was asked last. */
  readonly problem?: ShownError | undefined;
}

export interface ServerHealth {
  readonly health: Health;
  /** Latencies of the last 10 minutes, oldest first; undefined where a check failed. */
  readonly samples: readonly (number | undefined)[];
}

export interface OperationsState {
  readonly loaded: boolean;
  /** Newest first. */
  readonly list: readonly Operation[];
  /** Log of those that are followed, by operation id. */
  readonly logs: Readonly<Record<string, OperationLog>>;
  /** Lengths of earlier steps on this machine. */
  readonly usual: StepTimes;
}

export interface OperationLog {
  /** The last ones, oldest first. */
  readonly entries: readonly LogEntry[];
  /** Number of entries ever added; tells a reader which of `entries` are new to it. */
  readonly total: number;
}

/** Result of the last comparison of DigitalOcean's managed droplets with servers.json. */
export interface DropletsState {
  /** False until they were compared for the first time: nothing is known until then. */
  readonly compared: boolean;
  /** Unlisted droplets, without those of a provisioning that still answers for them. */
  readonly unlisted: readonly UnlistedDroplet[];
  /** Ids of servers whose droplet is missing from the token's account. */
  readonly gone: readonly string[];
  /** Why it is unknown if the droplet of a server exists, by the server's id. */
  readonly unknown: ReadonlyMap<string, string>;
  /** Names of accounts that could not be asked. */
  readonly unasked: readonly string[];
  /** Droplets of the servers in the list, by the server's id. */
  readonly listed: ReadonlyMap<string, Droplet>;
  /** Ids of droplets that this program saw end: DigitalOcean may list them for a while longer. */
  readonly ended: readonly number[];
}

export interface KeystoreState {
  readonly kind: 'os' | 'vault' | 'session' | 'sandbox';
  /** `Secret Service (GNOME Keyring)` */
  readonly title: string;
  readonly status: KeystoreStatus;
  /** Origin of a token that need not be typed; undefined until the store was asked. */
  readonly tokenOrigin: TokenOrigin | undefined;
  readonly error: ShownError | undefined;
}

/** `unknown`: not asked yet; `missing`: none works, or its files are not there; `locked`: a passphrase is needed. */
export type KeystoreStatus = 'unknown' | 'missing' | 'locked' | 'ready';

export type Route =
  | { readonly screen: 'servers' }
  | { readonly screen: 'create-server' }
  | { readonly screen: 'add-server' }
  | { readonly screen: 'server'; readonly serverId: string }
  | { readonly screen: 'team'; readonly serverId: string }
  | { readonly screen: 'provisioning'; readonly operationId: string }
  | { readonly screen: 'set-up'; readonly serverId: string };

export type OverlayName = 'help' | 'palette' | 'activity-log' | 'doctor' | 'sort';

export interface Toast {
  readonly id: number;
  readonly style: ToastStyle;
  readonly text: string;
  /** Came about without a key: neither hides the answer to one nor is hidden by it. */
  readonly isNews?: boolean | undefined;
  readonly isHealth?: Activity['isHealth'];
}
export type ToastStyle = 'ok' | 'warn' | 'danger' | 'accent';

/** A message that was shown, kept for the activity log. */
export interface Activity {
  readonly at: number;
  /** News of a server that went offline or came back, which its page has from its history. */
  readonly isHealth?: boolean | undefined;
  readonly style: ToastStyle;
  readonly text: string;
}

export interface RunningAction {
  readonly id: number;
  /** `Checking the token` */
  readonly title: string;
  readonly startedAt: number;
  /** Reason for waiting: `DigitalOcean is rate limiting, next try in 8 s`. */
  readonly waiting: string | undefined;
  /** Id of the server it is about. */
  readonly subject: string | undefined;
  /** True if the program's end would cut it short. */
  readonly keepsOpen: boolean;
  /** The screen it belongs to shows it. */
  readonly quiet: boolean;
}

export type ExitReason = 'quit' | 'try-sandbox' | 'hangup';

export const KEPT_LOG_ENTRIES = 10_000;
export const KEPT_ACTIVITIES = 500;
export const KEPT_USES = 40;

export interface InitialFacts {
  readonly settings: Settings;
  readonly environment: EnvironmentFacts;
  readonly keystore: Pick<KeystoreState, 'kind' | 'title'>;
}

/** State before anything was asked. */
export function initialState(facts: InitialFacts): AppState {
  return {
    settings: facts.settings,
    environment: facts.environment,
    servers: {
      loaded: false,
      list: [],
      error: undefined,
      added: undefined,
      activeBefore: undefined,
      sort: undefined,
    },
    health: new Map(),
    strips: new Map(),
    lookedAt: undefined,
    operations: { loaded: false, list: [], logs: {}, usual: {} },
    droplets: {
      compared: false,
      unlisted: [],
      gone: [],
      unknown: new Map(),
      unasked: [],
      listed: new Map(),
      ended: [],
    },
    keystore: { ...facts.keystore, status: 'unknown', tokenOrigin: undefined, error: undefined },
    accountEmail: undefined,
    accountName: undefined,
    tokenDays: undefined,
    wizard: undefined,
    addServer: undefined,
    setUps: {},
    certificates: {},
    publicEnds: new Map(),
    routes: [{ screen: 'servers' }],
    page: undefined,
    machineUse: new Map(),
    team: undefined,
    overlay: undefined,
    dialogs: [],
    toasts: [],
    activity: [],
    running: [],
    interruptedAt: undefined,
    exit: undefined,
  };
}

/** The route that is on screen. */
export function currentRoute(state: AppState): Route {
  return state.routes.at(-1) ?? { screen: 'servers' };
}
