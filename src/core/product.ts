/*
 * Names that this program shares with Portlama and leaves on droplets: nothing else in src spells them. In brackets:
 * the package that each comes from.
 */

/** Name in the title line. */
export const PRODUCT = 'portlama';
/** Command of this program, and its npm package (package.json). */
export const PROGRAM = 'portlama-tui';
/** True once the npm package is there: before, a notice of newer versions would advertise whoever takes its name. */
export const IS_PUBLISHED: boolean = false;

/** Pages for a browser (DigitalOcean). */
const CONSOLE = 'https://cloud.digitalocean.com';
export const TOKENS_PAGE = `${CONSOLE}/account/api/tokens`;
export const SUPPORT_PAGE = `${CONSOLE}/support/tickets`;

/** Page of a droplet, or a page below it. Snapshots are made there: a token of this program must not be able to. */
export function dropletPage(
  dropletId: string | number,
  below?: 'snapshots' | 'destroy' | 'console' | 'terminal/ui/',
): string {
  return [CONSOLE, 'droplets', dropletId, ...(below === undefined ? [] : [below])].join('/');
}

/** Tag of every managed droplet: nothing without it is destroyed (portlama-cloud). */
export const MANAGED_TAG = 'portlama:managed';
/** Begins the tag of an operation (this program). */
export const OPERATION_TAG = 'portlama:op:';
/** Begins the names of droplets and temporary SSH keys, and default labels (portlama-cloud). */
export const NAME_PREFIX = 'portlama-';

/** Services of the credential store (portlama-cloud, portlama-desktop); `authelia`, `operation` and `probe` are this program's. */
/** Common name that a panel gives to a certificate of its admin, whatever was asked for (contract: upgrade). */
export const ADMIN_NAME = 'admin';

export const CREDENTIAL_SERVICE = {
  cloud: 'com.portlama.cloud',
  server: 'com.portlama.server',
  admin: 'com.portlama.admin',
  authelia: 'com.portlama.authelia',
  operation: 'com.portlama.operation',
  probe: 'com.portlama.probe',
} as const;

/** Account of the credential store's entry of the API token (portlama-cloud); with a colon and a name those of other accounts (this program). */
export const TOKEN_ACCOUNT = 'digitalocean';
/** Name of the account whose token the desktop app uses as well. */
export const DEFAULT_ACCOUNT = 'default';

/** In the user's home folder (portlama-desktop), and what --sandbox adds to it (this program). */
export const HOME_FOLDER = '.portlama';
export const SANDBOX_SUFFIX = '-sandbox';

/** Environment variables (portlama-cloud: the token; this program: all others). */
export const ENV_PREFIX = 'PORTLAMA_';
export const ENV = {
  home: 'PORTLAMA_HOME',
  cloudToken: 'PORTLAMA_CLOUD_TOKEN',
  /** Given to a worker alone: the token of the account that has the domain, where that is another. */
  dnsToken: 'PORTLAMA_DNS_TOKEN',
  /** Given to a worker alone: the cookie of a panel's second factor. */
  panelSession: 'PORTLAMA_PANEL_SESSION',
  keystore: 'PORTLAMA_KEYSTORE',
  passphraseFd: 'PORTLAMA_VAULT_PASSPHRASE_FD',
  passphraseCommand: 'PORTLAMA_VAULT_PASSPHRASE_COMMAND',
  installer: 'PORTLAMA_INSTALLER',
  githubUrl: 'PORTLAMA_GITHUB_URL',
  reducedMotion: 'PORTLAMA_REDUCED_MOTION',
  theme: 'PORTLAMA_THEME',
  noMouse: 'PORTLAMA_NO_MOUSE',
  sandboxDelays: 'PORTLAMA_SANDBOX_DELAYS',
  sandboxPatience: 'PORTLAMA_SANDBOX_PATIENCE',
  /** Folder that stands for `/` in the scripts on the droplet. */
  root: 'PORTLAMA_ROOT',
  /** Facts of an event, for the program that `watch --exec` starts. */
  event: 'PORTLAMA_EVENT',
  eventState: 'PORTLAMA_EVENT_STATE',
  eventBefore: 'PORTLAMA_EVENT_BEFORE',
  eventServer: 'PORTLAMA_EVENT_SERVER',
  eventText: 'PORTLAMA_EVENT_TEXT',
} as const;

/** User unit of systemd that keeps a watch running (this program). */
export const WATCH_UNIT = 'portlama-watch.service';
/** Begins the names of metrics (this program). */
export const METRIC_PREFIX = 'portlama_';

/** npm package and its command (create-portlama). */
export const INSTALLER_COMMAND = 'create-portlama';
export const INSTALLER_PACKAGE = '@lamalibre/create-portlama';
/** npm package of the panel server, which every update installs in its newest version (create-portlama). */
export const PANEL_PACKAGE = '@lamalibre/portlama-panel-server';
/** Program of a machine that tunnels lead to, and the variable that it takes an enrolment token from (portlama-agent). */
export const AGENT_PACKAGE = '@lamalibre/portlama-agent';
export const AGENT_COMMAND = 'portlama-agent';
export const AGENT_TOKEN_VARIABLE = 'PORTLAMA_ENROLLMENT_TOKEN';
/** Begins the names of the units that an update runs in (panel server). */
export const UPDATE_UNIT = 'portlama-update-';

/** Ports of a server: nginx for an installation without a domain, and the panel server behind it (create-portlama). */
export const PANEL_PORT = 9292;
export const PANEL_API_PORT = 3100;

/** Paths on a server (create-portlama). */
export const SERVER_PATH = {
  config: '/etc/portlama/panel.json',
  pki: '/etc/portlama/pki',
  p12: '/etc/portlama/pki/client.p12',
  p12Password: '/etc/portlama/pki/.p12-password',
  panelCertificate: '/etc/portlama/pki/self-signed.pem',
  programs: '/opt/portlama',
} as const;

/** System user and systemd units of a server (create-portlama). */
export const SYSTEM_USER = 'portlama';
export const UNIT = { panel: 'portlama-panel', gatekeeper: 'portlama-gatekeeper' } as const;
/** Services that a panel lists and restarts, in its order, and all units whose logs help (panel server). */
export const SERVICES = ['nginx', 'chisel', 'authelia', UNIT.panel] as const;
export const LOGGED_UNITS = [...SERVICES, UNIT.gatekeeper] as const;
/** Groups that may open a tunnel's address (panel server). */
export const TUNNEL_ACCESS = ['restricted', 'authenticated', 'public'] as const;
/** Rights of agents without those of plugins; every agent has the first (panel server). */
export const AGENT_RIGHTS = [
  'tunnels:read',
  'tunnels:write',
  'services:read',
  'services:write',
  'system:read',
  'sites:read',
  'sites:write',
  'panel:expose',
  'identity:read',
  'identity:query',
] as const;
/** Command on a server that prints the end of a unit's log. */
export function journalCommand(unit: string, lines: number): string {
  return `journalctl -u ${unit} -n ${lines} --no-pager -o short-iso`;
}

/** Cookie of the panel's second factor, and the name that its look at DNS takes for the wildcard (panel server). */
export const PANEL_COOKIE = 'portlama_2fa_session';
export const DNS_PROBE = 'test-portlama-check';

/** Run as root on a server: makes a new admin certificate and password (create-portlama). */
export const RESET_COMMAND = 'portlama-reset-admin';

/** Begins the comment of the temporary key that a recovery logs in with (this program). */
export const LOGIN_MARK = 'portlama-recover-';

/** On a droplet while it is installed (this program): the unit, and with a dot before it the folder of the job. */
export const INSTALL_JOB = 'portlama-install-';
/** Ends the name of a file that is about to replace another. */
export const STAGED_SUFFIX = '.portlama-new';
export const APT_LOCK_TIMEOUT_FILE = '/etc/apt/apt.conf.d/90portlama-lock-timeout';

/** The $4 droplet of the guide, which is all that Portlama needs (portlama-cloud). */
export const DEFAULT_SIZE = 's-1vcpu-512mb-10gb';

/** RFC 1123: longest host name label. DigitalOcean makes the droplet's name its host name. */
const HOST_NAME_MAX_LENGTH = 63;

/** `portlama-<label>`, not prefixed twice, cut to what a host name may be. */
export function dropletName(label: string): string {
  const name = label.startsWith(NAME_PREFIX) ? label : `${NAME_PREFIX}${label}`;
  return name.slice(0, HOST_NAME_MAX_LENGTH).replace(/-+$/, '');
}
