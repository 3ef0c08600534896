import type { Clock } from '../core/time.js';
import type { AccountBook } from '../services/accounts/account-book.js';
import type { ActionRequest, DigitalOceanApi, Droplet } from '../services/digitalocean/api.js';
import type { TokenReport } from '../services/digitalocean/token-check.js';
import type { HomeReport } from '../services/files/inspect-home.js';
import type { TypedPaths } from '../services/files/typed-path.js';
import type { CheckResult } from '../services/health/health.js';
import type { FindNewest } from '../services/installer/find-package.js';
import type { Keychain } from '../services/keychain/keychain.js';
import type { ChosenKeystore, KeystoreWish } from '../services/keystore/choose-keystore.js';
import type { LegacyOutcome } from '../services/keystore/legacy-passwords.js';
import type { RegionLatency } from '../services/latency/measure-regions.js';
import type { DebugLog } from '../services/log/debug-log.js';
import type { Redactor } from '../services/log/redactor.js';
import type { AddServerChoice } from '../services/panel/add-server.js';
import type { ResolveName, ResolveNameServers } from '../services/network/name-records.js';
import type { P12Facts } from '../services/panel/identity.js';
import type { PanelInspection } from '../services/panel/inspect.js';
import type { OpenedPanel } from '../services/panel/connect-panel.js';
import type { PanelApi } from '../services/panel/panel-api.js';
import type { CertificateFacts } from '../services/panel/panel-tls.js';
import type { Recovered } from '../services/panel/recover-certificate.js';
import type { OnWaiting } from '../services/provisioning/droplets/destroy-droplet.js';
import type { Operations } from '../services/provisioning/operations.js';
import type { AdoptWish } from '../services/provisioning/droplets/end-unlisted.js';
import type { UnlistedDroplet } from '../services/provisioning/droplets/unlisted.js';
import type { Shell } from '../services/ssh/system-shell.js';
import type { UnitLog } from '../services/ssh/unit-log.js';
import type { ForgetPorts } from '../services/registry/server-credentials.js';
import type { KeyDesk } from '../services/panel/bind-certificate.js';
import type { ServerEntry } from '../services/registry/registry.js';
import type { MetaChange, ServerMeta } from '../services/registry/server-meta.js';
import type { PublicKey } from '../services/ssh/public-keys.js';
import type { CarriedServer, TransferKey } from '../services/transfer/transfer-file.js';
import type { Confirming, Face } from './face.js';

/** Services of the use cases: one home folder, in the real world or in the sandbox. */
export interface Services extends ForgetPorts {
  readonly clock: Clock;
  readonly environment: EnvironmentFacts;
  readonly operations: Operations;
  /** The choice behind `keystore`; undefined in the sandbox, which has one store. */
  readonly stores: ChosenKeystore | undefined;
  /** The login keychain of this Mac; undefined elsewhere, and in the sandbox. */
  readonly keychain: Pick<Keychain, 'probe' | 'unsuited'> | undefined;
  /** Binds certificates to keys of that keychain; undefined where there is none. */
  readonly keyDesk: KeyDesk | undefined;
  readonly panels: PanelDesk;
  /** Tokens that need neither typing nor the store: PORTLAMA_CLOUD_TOKEN, and the sandbox's sample. */
  readonly suppliedTokens: {
    readonly environment?: string | undefined;
    readonly sandbox?: string | undefined;
  };
  /** Names of the accounts that have a token here. */
  readonly accounts: AccountBook;
  /** Reads the vault's passphrase from its source; undefined where the person types it. */
  readonly suppliedPassphrase: (() => Promise<string>) | undefined;
  readonly paths: TypedPaths;
  readonly transfer: TransferDesk;
  readonly ssh: SshDesk;
  readonly log: Pick<DebugLog, 'write'>;
  /** Learns a token before anything else sees it, and cleans every message that is shown. */
  readonly redactor: Pick<Redactor, 'add' | 'clean'>;
  /** Looks at who owns and may read the home folder and what is in it. */
  inspectHome(): Promise<HomeReport>;
  /** Resolves to the operating system's name: `Debian GNU/Linux 12 (linux 6.1.0 x64)`. */
  describeSystem(): Promise<string>;
  /** Counts passwords that other programs left in servers.json. */
  countLegacyPasswords(): Promise<number>;
  /** Moves passwords that other programs left in servers.json to the store. */
  moveLegacyPasswords(): Promise<LegacyOutcome>;
  /** A client for this token. Makes no call by itself. */
  createApi(token: string): DigitalOceanApi;
  /** Account, scopes and limits of the client's token. Rejects only when DigitalOcean could not be asked. */
  checkToken(api: DigitalOceanApi, signal?: AbortSignal): Promise<TokenReport>;
  /** Asks the panel once, now. Resolves for every outcome. */
  checkHealth(server: ServerEntry, signal: AbortSignal): Promise<CheckResult>;
  /**
   * Opens the panel's own API with the certificate kept here, one that may be dead only with `evenDead`. Rejects where it
   * cannot be opened.
   */
  openPanelApi(server: ServerEntry, signal: AbortSignal, evenDead?: boolean): Promise<OpenedPanel>;
  /** Sessions of panels with a second factor, by server id: in the memory of this process alone. Secrets. */
  readonly panelSessions: Map<string, string>;
  readonly resolveName: ResolveName;
  readonly resolveNameServers: ResolveNameServers;
  /** Facts that this program alone keeps about a server. */
  readServerMeta(serverId: string): Promise<ServerMeta>;
  changeServerMeta(serverId: string, change: MetaChange): Promise<void>;
  /** Asks the npm registry for the newest version of a package. */
  readonly findNewest: FindNewest;
  /** Replaces the admin certificate kept here by a new one of the panel. */
  renewCertificate(server: ServerEntry, api: PanelApi, signal: AbortSignal): Promise<P12Facts>;
  /** Keeps the pair that a server has now in the place of the one kept here, once it has opened the panel. */
  recoverCertificate(
    server: ServerEntry,
    files: Readonly<Record<'p12' | 'password' | 'panelPem', Buffer>>,
    signal: AbortSignal,
  ): Promise<Recovered>;
  /** A fresh random password. */
  newPassword(): string;
  /** Measures all at once; resolves when every region is measured or failed. */
  measureRegions(
    slugs: readonly string[],
    onSample: (slug: string, latency: RegionLatency) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Deletes a droplet with the managed tag; resolves when it is gone, or was already. */
  destroyDroplet(
    api: DigitalOceanApi,
    dropletId: number,
    signal: AbortSignal,
    onWaiting: OnWaiting,
  ): Promise<'removed' | 'absent'>;
  /** Does something to a droplet with the managed tag, and follows it to its end; resolves to the droplet then. */
  actOnDroplet(
    api: DigitalOceanApi,
    dropletId: number,
    request: ActionRequest,
    signal: AbortSignal,
    onWaiting: OnWaiting,
  ): Promise<Droplet>;
  /** Deletes an unlisted droplet, and what its operation left. */
  destroyUnlisted(
    api: DigitalOceanApi,
    unlisted: UnlistedDroplet,
    signal: AbortSignal,
    onWaiting: OnWaiting,
  ): Promise<'removed' | 'absent'>;
  /** Adds it to servers.json, inactive and without a certificate. */
  adoptUnlisted(unlisted: UnlistedDroplet, wish?: AdoptWish): Promise<ServerEntry>;
  /** Keeps a certificate and its password. Rejects with `p12-wrong-password` or `p12-unreadable`, nothing kept. */
  importCertificate(
    serverId: string,
    certificate: { readonly p12: Buffer; readonly password: string },
  ): Promise<P12Facts>;
  /** Replaces a servers.json that does not parse by the newest backup; resolves to where that one is kept. */
  restoreServers(): Promise<string>;
  /** Opens the address in a browser. */
  openUrl(url: string): Promise<void>;
  /** Writes a new file at a path that the person named, readable for them only. */
  savePrivateFile(path: string, content: Uint8Array): Promise<void>;
  /** Keeps a text as a private file; resolves to its path. */
  saveText(name: string, content: string): Promise<string>;
}

/** Context of one run of a use case. */
export interface Work<F extends Confirming = Face> extends Services {
  readonly face: F;
  /** Aborted when the person leaves, as long as nothing was agreed to. */
  readonly signal: AbortSignal;
  /** Typed for this run: goes before every token at hand. */
  readonly typedToken?: string | undefined;
  /** The program ends after this run, and secrets kept in its memory with it. Default: false. */
  readonly endsProgram?: boolean;
  /** Reports a change of the use case to open views. */
  readonly news: (news: News) => void;
}

/** Work of use cases that only ask for agreement, which keys of the screens can run too. */
export type KeyWork = Work<Confirming>;

/** Changes reported to open views. */
export type News =
  | { readonly kind: 'servers-changed' }
  | { readonly kind: 'server-added'; readonly serverId: string }
  | { readonly kind: 'droplet-gone'; readonly dropletId: number }
  | { readonly kind: 'droplet-changed'; readonly serverId: string; readonly droplet: Droplet }
  | { readonly kind: 'certificate-changed'; readonly serverId: string }
  | { readonly kind: 'server-noted'; readonly serverId: string }
  | { readonly kind: 'token-changed' }
  | { readonly kind: 'store-changed' }
  | { readonly kind: 'operation-dismissed'; readonly operationId: string };

/** Servers on their way to another machine, in an encrypted file. */
export interface TransferDesk {
  /** Resolves to the server with all that is kept for it here. */
  collect(server: ServerEntry): Promise<CarriedServer>;
  /** Encrypts them into a new file, 0600. Rejects with `file-exists`, or what the disk refuses. */
  write(
    path: string,
    servers: readonly CarriedServer[],
    to: { readonly passphrase: string } | { readonly recipients: readonly string[] },
  ): Promise<void>;
  /** Reads public keys of age with commas between them. Rejects with `recipient-invalid`. */
  requireRecipients(text: string): Promise<readonly string[]>;
  /** Rejects with `file-exists` where `write` would. */
  requireAbsent(path: string): Promise<void>;
  /** Decrypts a file. Rejects with `file-missing`, `transfer-locked`, `transfer-damaged`, `transfer-newer`. */
  read(path: string, key: TransferKey): Promise<readonly CarriedServer[]>;
  /** Reads the identity in a file of age-keygen. Rejects with `identity-missing`. */
  readIdentity(path: string): Promise<string>;
  /** Opens the carried certificate with its password; undefined where none is carried. */
  openCertificate(carried: CarriedServer): Promise<P12Facts | undefined>;
  /** Keeps secrets, files and entry of a server, which is new or takes the place of the entry of its id. */
  keep(carried: CarriedServer, isReplacing: boolean): Promise<void>;
}

/** A person's own SSH keys, and the system's ssh. */
export interface SshDesk {
  /** Reads the one public key of a file. Rejects with `file-missing`, `ssh-key-private`, `ssh-key-invalid`. */
  keyOfFile(path: string): Promise<PublicKey & { readonly file: string }>;
  /** Rejects with `ssh-agent-missing`. */
  keysOfAgent(): Promise<readonly PublicKey[]>;
  /** Rejects with `github-user-unknown`, `github-unreachable`. */
  keysOfGitHub(user: string, signal: AbortSignal): Promise<readonly PublicKey[]>;
  readKeys(text: string, source: string): Promise<readonly PublicKey[]>;
  /** Line of the droplet's host key, as pinned; undefined when none is kept here. */
  hostKey(serverId: string): Promise<string | undefined>;
  /** Runs ssh on this terminal. Resolves to its exit code. */
  run(target: SshLogin & { readonly command: readonly string[] }): Promise<number>;
  /** Reads the end of a unit's log; asks nothing. */
  readLog(
    target: SshLogin & { readonly unit: string; readonly lines: number },
    signal: AbortSignal,
  ): Promise<UnitLog>;
  /** Logs in for commands; asks nothing. Rejects with SshError. */
  connect(target: SshLogin, signal: AbortSignal): Promise<Shell>;
  /** Line of the host key that a server shows now, which proves nothing. Rejects with SshError. */
  showHostKey(server: ServerEntry, signal: AbortSignal): Promise<string>;
  /** Keeps the line of a host key as the only one that a server may show. */
  pinHostKey(serverId: string, line: string): Promise<void>;
}

/** Login as root on a server. */
export interface SshLogin {
  readonly server: ServerEntry;
  readonly hostKey: string;
  /** File of a public key on the server, whose private half is tried first. */
  readonly keyFile?: string | undefined;
  /** OpenSSH PEM of a key that was made here, which takes the place of the person's. */
  readonly privateKey?: string | undefined;
}

/** Panels as seen without their certificate, and what this machine keeps about them. */
export interface PanelDesk {
  /** Looks at the panel at a typed address. Throws InputError where that is refused. */
  inspect(
    urlText: string,
    options: { readonly labels: readonly string[]; readonly signal: AbortSignal },
  ): Promise<PanelInspection>;
  /** Adds an inspected panel, inactive; its certificate is pinned if it had to be confirmed. */
  add(inspection: PanelInspection, choice: AddServerChoice): Promise<ServerEntry>;
  /** The pinned certificate; undefined when none is pinned. */
  pinned(server: ServerEntry): Promise<CertificateFacts | undefined>;
  /** Pins a certificate; undefined: trusts the system's authorities. */
  pin(serverId: string, certificate: CertificateFacts | undefined): Promise<void>;
  /** `SHA256:…` of the droplet's SSH host key; undefined when none is kept here. */
  sshHostKey(serverId: string): Promise<string | undefined>;
  /** Facts of the admin certificate on this machine; undefined when there is none. */
  readClientCertificate(server: ServerEntry): Promise<P12Facts | undefined>;
}

/** Facts about the place the program runs in; constant while it runs. */
export interface EnvironmentFacts {
  /** A browser can be opened here. */
  readonly hasBrowser: boolean;
  /** The terminal is at the other end of an SSH connection. */
  readonly inSshSession: boolean;
  /** tmux stands between the program and the terminal, and keeps what is copied. */
  readonly inTmux: boolean;
  /** True on a Mac, where keys of certificates go into the login keychain. */
  readonly hasKeychain: boolean;
  /** The embedded DigitalOcean is in use: nothing costs money. */
  readonly sandbox: boolean;
  /** The full screen may ask for a newer version of this program. */
  readonly updateNotice: boolean;
  /** Name of this machine as others reach it, for instructions to fetch a certificate. */
  readonly hostName: string;
  /** Address the person reached this machine at by SSH. */
  readonly reachedAt?: { readonly address: string; readonly port: string } | undefined;
  readonly userName: string;
  /** Base URL of DigitalOcean's API. */
  readonly apiUrl: string;
  /** Absolute path of the folder that holds everything: `~/.portlama`. */
  readonly home: string;
  /** Id of the user who runs the program; undefined where the system has no such numbers. */
  readonly userId: number | undefined;
  readonly platform: NodeJS.Platform;
  /** `20.19.0` */
  readonly nodeVersion: string;
  /** PORTLAMA_KEYSTORE. */
  readonly keystoreWish: KeystoreWish;
  /** Address of the session's D-Bus. */
  readonly busAddress: string | undefined;
  /** Names of the variables that set a proxy. */
  readonly proxyVariables: readonly string[];
  /** Absolute path of servers.json. */
  readonly serversPath: string;
  /** Absolute path of the debug log; undefined when none is written. */
  readonly logPath: string | undefined;
  /** The program's version. */
  readonly version: string;
  /** Droplet on offer: the size that is suggested, the image by its display name (`Ubuntu 24.04 LTS`). */
  readonly offer: {
    readonly sizeSlug: string;
    readonly imageTitle: string;
  };
}
