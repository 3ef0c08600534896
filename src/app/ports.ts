import type { Event } from '../core/event.js';
import type { Clock } from '../core/time.js';
import type { DigitalOceanApi } from '../services/digitalocean/api.js';
import type { TokenReport } from '../services/digitalocean/token-check.js';
import type { HealthChange } from '../services/health/health.js';
import type { ChosenKeystore } from '../services/keystore/choose-keystore.js';
import type { LegacyOutcome } from '../services/keystore/legacy-passwords.js';
import type { RegionLatency } from '../services/latency/latency.js';
import type { DebugLog } from '../services/log/debug-log.js';
import type { Redactor } from '../services/log/redactor.js';
import type { AddServerChoice } from '../services/panel/add-server.js';
import type { P12Facts } from '../services/panel/identity.js';
import type { PanelInspection } from '../services/panel/inspect.js';
import type { CertificateFacts } from '../services/panel/pin.js';
import type { OnWaiting } from '../services/provisioning/destroy-droplet.js';
import type { Operations } from '../services/provisioning/operations.js';
import type { Stray } from '../services/provisioning/strays.js';
import type { ForgetPorts } from '../services/registry/forget-server.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { EnvironmentFacts } from './settings.js';

/** Checks the servers' panels, each on its own, over and over. */
export interface HealthWatch {
  readonly onChange: Event<HealthChange>;
  /** From now on exactly these are checked; new ones at once. */
  setServers(servers: readonly ServerEntry[]): void;
  /** Checks one, or all, now. */
  refresh(serverId?: string): void;
}

/** Panels as somebody without their certificate sees them, and what this machine keeps about them. */
export interface PanelDesk {
  /** Looks at the panel at an address that was typed. InputError where that is refused. */
  inspect(
    urlText: string,
    options: { readonly labels: readonly string[]; readonly signal: AbortSignal },
  ): Promise<PanelInspection>;
  /** Adds a panel that was looked at, inactive; its certificate is pinned if it had to be confirmed. */
  add(inspection: PanelInspection, choice: AddServerChoice): Promise<ServerEntry>;
  /** The panel's certificate that is trusted; undefined when none is pinned. */
  pinned(serverId: string): Promise<CertificateFacts | undefined>;
  /** From now on this one is trusted; undefined: whatever the system's authorities vouch for. */
  pin(serverId: string, certificate: CertificateFacts | undefined): Promise<void>;
  /** `SHA256:…` of the key that the droplet was given at the end; undefined when none is kept here. */
  sshHostKey(serverId: string): Promise<string | undefined>;
  /** What the admin certificate on this machine says; undefined when there is none. */
  readClientCertificate(server: ServerEntry): Promise<P12Facts | undefined>;
}

/** All that the actions need of the world. */
export interface AppPorts extends ForgetPorts {
  readonly clock: Clock;
  readonly environment: EnvironmentFacts;
  readonly operations: Operations;
  /** The choice behind `keystore`; undefined where there is none to make: in the sandbox. */
  readonly stores: ChosenKeystore | undefined;
  /** Moves passwords that other programs left in servers.json; what became of them. */
  moveLegacyPasswords(): Promise<LegacyOutcome>;
  readonly health: HealthWatch;
  readonly panels: PanelDesk;
  /** Tokens that need neither typing nor the store: of PORTLAMA_CLOUD_TOKEN, and the sandbox's sample. */
  readonly suppliedTokens: {
    readonly environment?: string | undefined;
    readonly sandbox?: string | undefined;
  };
  readonly log: Pick<DebugLog, 'write'>;
  /** Learns the token before anything else sees it, and cleans every message that is shown. */
  readonly redactor: Pick<Redactor, 'add' | 'clean'>;
  /** A client for this token. Makes no call by itself. */
  createApi(token: string): DigitalOceanApi;
  /** Account, scopes and limits of the client's token. Rejects only when DigitalOcean could not be asked. */
  checkToken(api: DigitalOceanApi, signal?: AbortSignal): Promise<TokenReport>;
  /** All at once; resolves when every region is measured or failed. */
  measureRegions(
    slugs: readonly string[],
    onSample: (slug: string, latency: RegionLatency) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Only a droplet with the managed tag; resolves when it is really gone, or was already. */
  destroyDroplet(
    api: DigitalOceanApi,
    dropletId: number,
    signal: AbortSignal,
    onWaiting: OnWaiting,
  ): Promise<'removed' | 'absent'>;
  /** The same for a stray, and what its operation left. */
  destroyStray(
    api: DigitalOceanApi,
    stray: Stray,
    signal: AbortSignal,
    onWaiting: OnWaiting,
  ): Promise<'removed' | 'absent'>;
  /** Takes it into servers.json, inactive and without a certificate. */
  adoptStray(stray: Stray): Promise<ServerEntry>;
  /** Puts the newest backup in the place of a servers.json that does not parse; where that one is kept. */
  restoreServers(): Promise<string>;
  /** Opens the address in a browser. */
  openUrl(url: string): Promise<void>;
  /** Keeps a log as a private file; resolves to its path. */
  saveText(name: string, content: string): Promise<string>;
}

/** What the terminal can do besides drawing. */
export interface TerminalPort {
  /** Whether it arrived cannot be known. */
  copy(text: string): void;
  bell(): void;
  notify(message: string): void;
}
