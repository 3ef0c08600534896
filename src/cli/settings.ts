import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { InputError } from '../core/errors.js';
import { requireApiUrl } from '../services/digitalocean/api-url.js';
import { requireTokenFormat } from '../services/digitalocean/token-format.js';
import { parseInstallerSource } from '../services/installer/installer-source.js';
import type { Arguments } from './arguments.js';

/** Everything that can be set from outside, checked before anything starts. */
export interface Settings {
  /** Absolute path of the folder that holds servers.json. */
  readonly home: string;
  /** Base URL of DigitalOcean's API. In the sandbox it is known only once the sandbox runs. */
  readonly apiUrl: string;
  /** PORTLAMA_INSTALLER as given. */
  readonly installer: string;
  /** From PORTLAMA_CLOUD_TOKEN; secret. */
  readonly tokenFromEnvironment: string | undefined;
  readonly sandbox: boolean;
  /** Factor on the sandbox's delays. */
  readonly sandboxDelays: number;
  /** Factor on how long the program waits for the sandbox's droplets before it gives up. */
  readonly sandboxPatience: number;
  readonly plain: boolean;
  readonly ascii: boolean;
  readonly reducedMotion: boolean;
  readonly bell: boolean;
  /** Absolute path. */
  readonly logFile: string | undefined;
}

const MAX_FACTOR = 100;

/** One row of the README's table: an environment variable and what it does. */
export const ENVIRONMENT = [
  {
    name: 'PORTLAMA_HOME',
    meaning: 'Folder of servers.json and everything else',
    fallback: '~/.portlama',
  },
  {
    name: 'PORTLAMA_CLOUD_TOKEN',
    meaning: 'API token, instead of the stored one',
    fallback: 'credential store',
  },
  {
    name: 'DIGITALOCEAN_API_URL',
    meaning: 'API base URL; plain http for loopback only',
    fallback: 'https://api.digitalocean.com',
  },
  {
    name: 'PORTLAMA_INSTALLER',
    meaning: 'npm spec, or path of a .tgz that is uploaded',
    fallback: '@lamalibre/create-portlama',
  },
  { name: 'PORTLAMA_REDUCED_MOTION', meaning: 'Any value: no spinner, no map', fallback: 'off' },
  {
    name: 'PORTLAMA_SANDBOX_DELAYS',
    meaning: 'Factor on the waits of --sandbox: 0 does not wait, 10 waits like DigitalOcean',
    fallback: '1',
  },
  {
    name: 'PORTLAMA_SANDBOX_PATIENCE',
    meaning: 'Factor on how long --sandbox is waited for: 1 is as long as DigitalOcean',
    fallback: '0.2',
  },
  { name: 'NO_COLOR', meaning: 'Any value: no colours', fallback: 'off' },
] as const;

const DEFAULT = Object.fromEntries(
  ENVIRONMENT.map(({ name, fallback }) => [name, fallback]),
) as Readonly<Record<(typeof ENVIRONMENT)[number]['name'], string>>;

/** Reads argv's options and the environment; InputError names the setting that is wrong. */
export function readSettings(args: Arguments, environment: NodeJS.ProcessEnv): Settings {
  const setting = (name: (typeof ENVIRONMENT)[number]['name']): string | undefined =>
    environment[name]?.trim() || undefined;
  const factor = (name: 'PORTLAMA_SANDBOX_DELAYS' | 'PORTLAMA_SANDBOX_PATIENCE'): number =>
    requireFactor(name, setting(name) ?? DEFAULT[name]);
  const installer = setting('PORTLAMA_INSTALLER') ?? DEFAULT.PORTLAMA_INSTALLER;
  parseInstallerSource(installer);
  return {
    home: homeFolder(setting('PORTLAMA_HOME'), args.sandbox),
    apiUrl: requireApiUrl(setting('DIGITALOCEAN_API_URL') ?? DEFAULT.DIGITALOCEAN_API_URL).href,
    installer,
    tokenFromEnvironment: tokenOf(setting('PORTLAMA_CLOUD_TOKEN')),
    sandbox: args.sandbox,
    sandboxDelays: factor('PORTLAMA_SANDBOX_DELAYS'),
    sandboxPatience: factor('PORTLAMA_SANDBOX_PATIENCE'),
    plain: args.plain,
    ascii: args.ascii,
    reducedMotion: args.reducedMotion || setting('PORTLAMA_REDUCED_MOTION') !== undefined,
    bell: args.bell,
    logFile: args.logFile === undefined ? undefined : resolve(args.logFile),
  };
}

/** Checked before anything is asked of DigitalOcean: what is no token would only be sent around. */
function tokenOf(entered: string | undefined): string | undefined {
  return entered === undefined ? undefined : requireTokenFormat(entered);
}

function requireFactor(name: string, text: string): number {
  const factor = Number(text);
  if (factor >= 0 && factor <= MAX_FACTOR) return factor;
  throw new InputError({
    code: 'factor-invalid',
    message: `${name} must be a number from 0 to ${MAX_FACTOR}, and ${JSON.stringify(text)} is not.`,
    hint: 'Leave it out for the usual pace.',
  });
}

/** The same person's settings for the embedded DigitalOcean: another folder, and no token of the real one. */
export function sandboxSettings(settings: Settings): Settings {
  return {
    ...settings,
    sandbox: true,
    home: homeFolder(undefined, true),
    tokenFromEnvironment: undefined,
  };
}

/** The sandbox has a folder of its own, so that it never mixes with real servers. */
function homeFolder(given: string | undefined, sandbox: boolean): string {
  if (given === undefined) return join(homedir(), sandbox ? '.portlama-sandbox' : '.portlama');
  if (isAbsolute(given)) return resolve(given);
  throw new InputError({
    code: 'home-not-absolute',
    message: `PORTLAMA_HOME must be an absolute path, and ${JSON.stringify(given)} is not.`,
    hint: `Set it to ${JSON.stringify(resolve(given))}, for example.`,
  });
}
