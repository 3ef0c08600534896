import type { Droplet, Region, Size } from '../services/digitalocean/api.js';
import type { AddServerField, SetUpDraft, TokenOrigin, WizardStep } from './form-state.js';
import type { TokenReport } from '../services/digitalocean/token-check.js';
import type { HealthChange } from '../services/health/health.js';
import type { Bucket, ServerHistory } from '../services/health/history/history.js';
import type { RegionLatency } from '../services/latency/measure-regions.js';
import type { Operation } from '../services/provisioning/operations.js';
import type { JournalRecord } from '../services/provisioning/journal/records.js';
import type { ChosenKeys } from '../usecases/ssh-keys.js';
import type { UnlistedReport } from '../services/provisioning/droplets/unlisted.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { Dialog } from './dialogs.js';
import type { StepTimes } from './remaining-time.js';
import type { ShownError } from './shown-error.js';
import type {
  Activity,
  ClientCertificate,
  ExitReason,
  KeystoreState,
  ListSort,
  OverlayName,
  Route,
  RunningAction,
  ServerPage,
  TeamState,
  Toast,
} from './state.js';

/** Events that `reduce` turns into the next state. */
export type AppEvent =
  | ServerEvent
  | OperationEvent
  | DropletEvent
  | WizardEvent
  | AddServerEvent
  | SetUpEvent
  | InterfaceEvent;

export type ServerEvent =
  | { readonly type: 'servers-loaded'; readonly servers: readonly ServerEntry[] }
  | { readonly type: 'servers-failed'; readonly error: ShownError }
  | { readonly type: 'server-added'; readonly serverId: string }
  /** Another server was made active here; this one was before. */
  | { readonly type: 'active-changed'; readonly before: string | undefined }
  | { readonly type: 'list-sorted'; readonly sort: ListSort | undefined }
  /** `at`: epoch milliseconds of the look. */
  | ({ readonly type: 'health-changed'; readonly at?: number } & HealthChange)
  | {
      readonly type: 'strips-read';
      readonly strips: ReadonlyMap<string, readonly Bucket[]>;
    }
  | {
      readonly type: 'history-read';
      readonly serverId: string;
      readonly history: ServerHistory;
    }
  | {
      readonly type: 'certificate-read';
      readonly serverId: string;
      readonly certificate: ClientCertificate;
    }
  | {
      readonly type: 'keystore-asked';
      readonly tokenOrigin: TokenOrigin | undefined;
      readonly error?: ShownError;
    }
  | ({ readonly type: 'keystore-chosen' } & Pick<KeystoreState, 'kind' | 'title' | 'status'>)
  | {
      readonly type: 'account-known';
      readonly email: string | undefined;
      readonly name?: string | undefined;
    }
  /** The first of the tokens in use to expire does so in this many whole days. */
  | { readonly type: 'token-expiring'; readonly days: number };

export type OperationEvent =
  | { readonly type: 'operations-listed'; readonly operations: readonly Operation[] }
  | {
      readonly type: 'operation-records';
      readonly operationId: string;
      readonly records: readonly JournalRecord[];
      /** Starts the log anew: the first of these is the journal's first. */
      readonly fromStart: boolean;
    }
  | { readonly type: 'operation-forgotten'; readonly operationId: string }
  | { readonly type: 'step-times-learned'; readonly usual: StepTimes };

export type DropletEvent =
  | { readonly type: 'droplets-compared'; readonly report: UnlistedReport }
  /** A droplet of the list is in another state. */
  | { readonly type: 'droplet-seen'; readonly serverId: string; readonly droplet: Droplet }
  /** The droplet no longer exists. */
  | { readonly type: 'droplet-ended'; readonly dropletId: number };

export type WizardEvent =
  | { readonly type: 'wizard-opened' }
  | { readonly type: 'wizard-closed' }
  | { readonly type: 'wizard-step'; readonly step: WizardStep }
  | { readonly type: 'token-edited' }
  | { readonly type: 'token-checking'; readonly source: 'saved' | 'entered' }
  | { readonly type: 'token-checked'; readonly report: TokenReport }
  | { readonly type: 'token-check-failed'; readonly error: ShownError }
  | { readonly type: 'regions-loading' }
  | {
      readonly type: 'regions-loaded';
      /** Open ones, whatever size they offer. */
      readonly regions: readonly Region[];
      readonly sizes: readonly Size[];
    }
  | { readonly type: 'regions-failed'; readonly error: ShownError }
  | {
      readonly type: 'region-measured';
      readonly slug: string;
      readonly latency: RegionLatency;
    }
  /** Choice of the person, rather than the default. */
  | { readonly type: 'region-chosen'; readonly slug: string }
  | { readonly type: 'size-chosen'; readonly slug: string }
  | { readonly type: 'label-edited'; readonly label: string }
  | { readonly type: 'domain-edited'; readonly domain: string }
  | { readonly type: 'email-edited'; readonly email: string }
  | { readonly type: 'zones-loaded'; readonly zones: readonly string[] }
  | { readonly type: 'ssh-keys-chosen'; readonly sshKeys: ChosenKeys | undefined }
  | { readonly type: 'creating'; readonly known: readonly string[] }
  /** Without an error: the person declined. */
  | { readonly type: 'create-failed'; readonly error: ShownError | undefined };

export type AddServerEvent =
  | { readonly type: 'add-server-opened' }
  | { readonly type: 'add-server-edited'; readonly field: AddServerField; readonly value: string }
  | { readonly type: 'panel-looking' }
  /** The person is asked about the panel. */
  | { readonly type: 'panel-found' }
  | { readonly type: 'panel-adding' }
  /** Without a field it is shown elsewhere. */
  | {
      readonly type: 'add-server-failed';
      readonly field: AddServerField | undefined;
      readonly error: ShownError;
    };

export type SetUpEvent =
  | { readonly type: 'set-up-opened'; readonly serverId: string; readonly at: number }
  | {
      readonly type: 'set-up-changed';
      readonly serverId: string;
      readonly change: Partial<SetUpDraft>;
    }
  | { readonly type: 'set-up-closed'; readonly serverId: string };

export type InterfaceEvent =
  | ({ readonly type: 'team-read' } & Pick<TeamState, 'serverId'> & Partial<TeamState>)
  | ({ readonly type: 'page-read' } & Pick<ServerPage, 'serverId'> & Partial<ServerPage>)
  | { readonly type: 'route-opened'; readonly route: Route }
  | { readonly type: 'route-closed' }
  | { readonly type: 'route-replaced'; readonly route: Route }
  | { readonly type: 'overlay-opened'; readonly overlay: OverlayName }
  | { readonly type: 'overlay-closed' }
  | { readonly type: 'dialog-opened'; readonly dialog: Dialog; readonly at: number }
  | { readonly type: 'dialog-closed'; readonly id: number }
  | {
      readonly type: 'passphrase-judged';
      readonly id: number;
      readonly busy: boolean;
      readonly problem: ShownError | undefined;
    }
  | { readonly type: 'entry-refused'; readonly id: number; readonly problem: string }
  | { readonly type: 'toast-shown'; readonly toast: Toast; readonly at: number }
  | { readonly type: 'activity-noted'; readonly activity: Activity }
  | { readonly type: 'toast-expired'; readonly id: number }
  | { readonly type: 'action-started'; readonly action: RunningAction }
  | { readonly type: 'action-waiting'; readonly id: number; readonly waiting: string | undefined }
  | { readonly type: 'action-held'; readonly id: number; readonly keepsOpen: boolean }
  | { readonly type: 'action-ended'; readonly id: number }
  | { readonly type: 'interrupted'; readonly at: number }
  | { readonly type: 'exit'; readonly reason: ExitReason };
