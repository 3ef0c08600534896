import { isAbsolute, join, resolve } from 'node:path';
import { THEME_CHOICES, type ThemeChoice } from '../core/colours.js';
import type { Config } from '../core/config.js';
import { InputError, quoted } from '../core/errors.js';
import {
  ENV,
  HOME_FOLDER,
  INSTALLER_PACKAGE,
  IS_PUBLISHED,
  SANDBOX_SUFFIX,
} from '../core/product.js';
import { requireAccountName } from '../services/accounts/account-book.js';
import { requireApiUrl } from '../services/digitalocean/api-url.js';
import { isLoopbackHost } from '../services/network/addresses.js';
import { requireTokenFormat } from '../services/digitalocean/token-format.js';
import type { KeystoreWish } from '../services/keystore/choose-keystore.js';
import {
  parsePassphraseSource,
  type PassphraseSource,
} from '../services/keystore/passphrase-source.js';
import { parseInstallerSource } from '../services/installer/installer-source.js';
import { currentFolder, homeFolder } from '../services/process/surroundings.js';
import { chooseCapabilities, isCi } from '../core/capabilities.js';
import type { GlobalOptions } from './global-options.js';

/** Everything that can be set from outside, checked before anything starts. */
export interface Settings {
  /** Absolute path of the folder that holds servers.json. In the sandbox always another one than the real folder. */
  readonly home: string;
  /** PORTLAMA_HOME for other processes of this program, which add SANDBOX_SUFFIX by themselves. */
  readonly homeSetting: string;
  /** Base URL of DigitalOcean's API. In the sandbox it is known only once the sandbox runs. */
  readonly apiUrl: string;
  /** Base URL that public SSH keys of GitHub’s users are read from. */
  readonly githubUrl: string;
  /** PORTLAMA_INSTALLER as given. */
  readonly installer: string;
  /** From PORTLAMA_CLOUD_TOKEN; secret. */
  readonly tokenFromEnvironment: string | undefined;
  /** From `--account`: the account of this run. */
  readonly account: string | undefined;
  readonly keystore: KeystoreWish;
  /** Source that gives the vault's passphrase without a question. */
  readonly passphraseSource: PassphraseSource | undefined;
  readonly sandbox: boolean;
  /** Factor on the sandbox's delays. */
  readonly sandboxDelays: number;
  /** Factor on how long the program waits for the sandbox's droplets before it gives up. */
  readonly sandboxPatience: number;
  readonly plain: boolean;
  readonly ascii: boolean;
  readonly reducedMotion: boolean;
  readonly bell: boolean;
  readonly theme: ThemeChoice;
  readonly mouse: boolean;
  /** File with the person's own colours and keys; undefined without one. */
  readonly config: Config | undefined;
  /** The full screen may ask, once a day, for a newer version of this program. */
  readonly updateNotice: boolean;
  /** Absolute path. */
  readonly logFile: string | undefined;
}

/** A worker's link to the program that started it. */
export const SECRETS_DESCRIPTOR = 3;
const MAX_FACTOR = 100;
const KEYSTORES = ['auto', 'os', 'vault', 'session'] as const;

/** One row of the table of settings: an environment variable and what it does. */
export const ENVIRONMENT = [
  {
    name: ENV.home,
    meaning: 'Home folder; --sandbox appends -sandbox to it',
    fallback: `~/${HOME_FOLDER}`,
  },
  {
    name: ENV.cloudToken,
    meaning: 'API token, instead of the stored one; not used by --sandbox',
    fallback: 'credential store',
  },
  {
    name: ENV.keystore,
    meaning:
      'Where secrets are kept: os, vault, session (memory until the program ends), or auto: the vault if there is one, else os',
    fallback: 'auto',
  },
  {
    name: ENV.passphraseFd,
    meaning: 'File descriptor that the passphrase of the vault is read from, its first line',
    fallback: 'asked for',
  },
  {
    name: ENV.passphraseCommand,
    meaning:
      'Program that prints the passphrase of the vault: absolute path and arguments, started without a shell',
    fallback: 'asked for',
  },
  {
    name: 'DIGITALOCEAN_API_URL',
    meaning: 'API base URL; plain http for loopback only',
    fallback: 'https://api.digitalocean.com',
  },
  {
    name: ENV.installer,
    meaning: 'npm spec, or path of a .tgz that is uploaded',
    fallback: INSTALLER_PACKAGE,
  },
  {
    name: ENV.githubUrl,
    meaning: 'Where --ssh-key github:USER reads keys; plain http for loopback only',
    fallback: 'https://github.com',
  },
  {
    name: ENV.theme,
    meaning:
      'Colours of the full screen: dark, light, high-contrast, or auto: dark or light by the background that the terminal reports',
    fallback: 'auto',
  },
  { name: ENV.noMouse, meaning: 'Any value: the mouse is left to the terminal', fallback: 'off' },
  { name: ENV.reducedMotion, meaning: 'Any value: no spinner, no map', fallback: 'off' },
  {
    name: ENV.sandboxDelays,
    meaning: 'Factor for the delays of --sandbox: 0 for none, 10 for those of DigitalOcean',
    fallback: '1',
  },
  {
    name: ENV.sandboxPatience,
    meaning: 'Factor for the time limits of --sandbox: 1 for those of DigitalOcean',
    fallback: '0.2',
  },
  {
    name: 'FORCE_COLOR',
    meaning:
      'Colours whatever the terminal says: 2 or 3 for 256, 0 or false for none, any other value for 16 at least',
    fallback: 'off',
  },
  {
    name: 'NO_COLOR',
    meaning: 'Any value: no colours, unless FORCE_COLOR is set',
    fallback: 'off',
  },
  {
    name: 'CI',
    meaning:
      'Any value but 0 and false: plain lines instead of the full screen, as without a terminal',
    fallback: 'off',
  },
  {
    name: 'NO_UPDATE_NOTIFIER',
    meaning:
      'Any value: the full screen does not look, once a day, for a newer version of itself and of panels',
    fallback: 'off',
  },
] as const;

const DEFAULT = Object.fromEntries(
  ENVIRONMENT.map(({ name, fallback }) => [name, fallback]),
) as Readonly<Record<(typeof ENVIRONMENT)[number]['name'], string>>;

/** Reads argv's options and the environment; InputError names the setting that is wrong. */
export function readSettings(
  args: GlobalOptions,
  environment: NodeJS.ProcessEnv,
  isWorker = false,
  config?: Config,
): Settings {
  const setting = (name: (typeof ENVIRONMENT)[number]['name']): string | undefined =>
    environment[name]?.trim() || undefined;
  const factor = (name: typeof ENV.sandboxDelays | typeof ENV.sandboxPatience): number =>
    requireFactor(name, setting(name) ?? DEFAULT[name]);
  const installer = setting(ENV.installer) ?? DEFAULT[ENV.installer];
  parseInstallerSource(installer);
  return {
    ...homeOf(requireHome(setting(ENV.home)), args.sandbox),
    apiUrl: requireApiUrl(setting('DIGITALOCEAN_API_URL') ?? DEFAULT.DIGITALOCEAN_API_URL).href,
    githubUrl: requireGitHubUrl(setting(ENV.githubUrl) ?? DEFAULT[ENV.githubUrl]),
    installer,
    // The sandbox has tokens of its own; its worker is handed one of them.
    tokenFromEnvironment: args.sandbox && !isWorker ? undefined : tokenOf(setting(ENV.cloudToken)),
    account: args.account === undefined ? undefined : requireAccountName(args.account),
    keystore: keystoreOf(setting(ENV.keystore) ?? DEFAULT[ENV.keystore]),
    passphraseSource: parsePassphraseSource(
      setting(ENV.passphraseFd),
      setting(ENV.passphraseCommand),
    ),
    sandbox: args.sandbox,
    sandboxDelays: factor(ENV.sandboxDelays),
    sandboxPatience: factor(ENV.sandboxPatience),
    plain: args.plain,
    // One finding for every face: plain lines show no sign that the full screen would not.
    ascii: chooseCapabilities(environment, args.ascii ? { ascii: true } : {}).ascii,
    reducedMotion: args.reducedMotion || setting(ENV.reducedMotion) !== undefined,
    bell: args.bell,
    // The sandbox takes nothing of the file but colours and keys.
    mouse:
      args.mouse && setting(ENV.noMouse) === undefined && (args.sandbox || config?.mouse !== false),
    theme:
      args.theme === undefined
        ? themeOf(ENV.theme, setting(ENV.theme) ?? config?.theme ?? DEFAULT[ENV.theme])
        : themeOf('--theme', args.theme),
    config,
    updateNotice: wantsUpdateNotice(args, environment),
    logFile:
      args.logFile === undefined
        ? undefined
        : absolutePath('--log', requireFileName('--log', args.logFile)),
  };
}

/** Never in the sandbox and in CI, nor before there is a package to update to. */
export function wantsUpdateNotice(
  { sandbox }: Pick<GlobalOptions, 'sandbox'>,
  environment: NodeJS.ProcessEnv,
  isPublished = IS_PUBLISHED,
): boolean {
  const isRefused = Boolean(environment['NO_UPDATE_NOTIFIER']);
  return isPublished && !sandbox && !isRefused && !isCi(environment);
}

/** The base that a user's name is added to: https, or plain http for this machine; ends with a slash. */
function requireGitHubUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (url !== undefined && isSafe && url.search === '' && url.hash === '')
    return `${url.origin}${url.pathname.replace(/\/*$/, '/')}`;
  throw new InputError({
    code: 'github-url-invalid',
    message: `${ENV.githubUrl} must be an https address, and ${quoted(text)} is not.`,
    hint: 'Leave it out for https://github.com.',
  });
}

/** Checks the format before any request: text that is no token must not be sent. */
function tokenOf(entered: string | undefined): string | undefined {
  return entered === undefined ? undefined : requireTokenFormat(entered);
}

function keystoreOf(text: string): KeystoreWish {
  const wish = KEYSTORES.find((known) => known === text);
  if (wish !== undefined) return wish;
  throw new InputError({
    code: 'keystore-invalid',
    message: `${ENV.keystore} must be one of ${KEYSTORES.join(', ')}, and ${quoted(text)} is not.`,
    hint: 'Leave it out to use the vault if there is one, else the store of the operating system.',
  });
}

function themeOf(name: string, text: string): ThemeChoice {
  const theme = THEME_CHOICES.find((known) => known === text);
  if (theme !== undefined) return theme;
  throw new InputError({
    code: 'theme-invalid',
    message: `${name} must be one of ${THEME_CHOICES.join(', ')}, and ${quoted(text)} is not.`,
    hint: 'Leave it out to follow the background of the terminal.',
  });
}

function requireFactor(name: string, text: string): number {
  const factor = Number(text);
  if (factor >= 0 && factor <= MAX_FACTOR) return factor;
  throw new InputError({
    code: 'factor-invalid',
    message: `${name} must be a number from 0 to ${MAX_FACTOR}, and ${quoted(text)} is not.`,
    hint: 'Leave it out for the usual pace.',
  });
}

/** Settings for the embedded DigitalOcean: another folder, and no token of the real one. */
export function sandboxSettings(settings: Settings): Settings {
  return {
    ...settings,
    sandbox: true,
    updateNotice: false,
    ...homeOf(settings.homeSetting, true),
    keystore: 'auto',
    account: undefined,
    tokenFromEnvironment: undefined,
  };
}

/** The sandbox has a folder of its own in every case, so that it never mixes with real servers. */
function homeOf(real: string, sandbox: boolean): Pick<Settings, 'home' | 'homeSetting'> {
  return { home: sandbox ? `${real}${SANDBOX_SUFFIX}` : real, homeSetting: real };
}

function requireHome(given: string | undefined): string {
  if (given === undefined) return join(requireAbsolute('HOME', defaultHome()), HOME_FOLDER);
  return requireAbsolute(ENV.home, given);
}

function defaultHome(): string {
  const folder = homeFolder();
  if (folder !== undefined) return folder;
  throw new InputError({
    code: 'home-unknown',
    message: 'Your home folder is not known: HOME is not set, and the system has no user entry.',
    hint: `Set HOME to a folder of your own, or ${ENV.home}.`,
  });
}

function requireAbsolute(name: string, path: string): string {
  if (isAbsolute(path)) return resolve(path);
  const folder = currentFolder();
  throw new InputError({
    code: 'home-not-absolute',
    message: `${name} must be an absolute path, and ${quoted(path)} is not.`,
    hint:
      folder === undefined || path.startsWith('~')
        ? `Set it to a path that begins with /.`
        : `Set it to ${JSON.stringify(resolve(folder, path))}, for example.`,
  });
}

/** Refuses an empty path, which would mean the current folder. `name`: the option, or the command. */
export function requireFileName(name: string, path: string): string {
  if (path !== '') return path;
  throw new InputError({ code: 'file-name-missing', message: `${name} needs a file name.` });
}

function absolutePath(name: string, path: string): string {
  const folder = currentFolder();
  if (folder !== undefined || isAbsolute(path)) return resolve(folder ?? '/', path);
  throw new InputError({
    code: 'current-folder-gone',
    message: `${name} ${quoted(path)} is a relative path, and the current folder was removed.`,
    hint: 'Go to a folder that exists, or give an absolute path.',
  });
}
