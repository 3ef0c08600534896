import { decodeText } from '../files/decode.js';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Default registry of npm itself. */
const DEFAULT_REGISTRY = 'https://registry.npmjs.org/';
/** Variables that a worker needs to find the same registry. */
const VARIABLES = /^npm_config_(?:registry|userconfig|globalconfig|prefix|@[^:]+:registry)$/i;

export interface NpmPlace {
  readonly environment: NodeJS.ProcessEnv;
  readonly homeFolder: string | undefined;
}

/**
 * Finds the registry configured for the user's npm: variables, then the user's .npmrc, then the
 * global one; a registry of the package's scope comes first. Ignores a project's .npmrc, since no
 * project is installed here. Undefined when it is no web address. User names and passwords are left
 * out.
 */
export async function findRegistry(packageName: string, place: NpmPlace): Promise<URL | undefined> {
  const files = await Promise.all(npmrcFiles(place).map(readSettings));
  const find = (key: string): string | undefined =>
    variable(place.environment, `npm_config_${key}`) ??
    files.map((settings) => settings.get(key)).find((value) => value !== undefined);
  const scope = /^@[^/]+/.exec(packageName)?.[0];
  const text =
    (scope === undefined ? undefined : find(`${scope}:registry`)) ??
    find('registry') ??
    DEFAULT_REGISTRY;
  return withoutCredentials(expanded(text, place.environment));
}

/** The part of an environment that says where npm's settings are, without any password. */
export function npmVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).flatMap(([name, value]) => {
    if (value === undefined || !VARIABLES.test(name)) return [];
    if (!/registry$/i.test(name)) return [[name, value]];
    const url = withoutCredentials(value);
    return url === undefined ? [] : [[name, url.href]];
  });
  return Object.fromEntries(kept) as NodeJS.ProcessEnv;
}

function npmrcFiles({ environment, homeFolder }: NpmPlace): string[] {
  const prefix = variable(environment, 'npm_config_prefix') ?? dirname(dirname(process.execPath));
  const own = homeFolder === undefined ? [] : [join(homeFolder, '.npmrc')];
  const userConfig = variable(environment, 'npm_config_userconfig');
  return [
    ...(userConfig === undefined ? own : [userConfig]),
    variable(environment, 'npm_config_globalconfig') ?? join(prefix, 'etc', 'npmrc'),
  ];
}

/** Reads a variable like npm: upper and lower case, empty ones ignored, lower case first. */
function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  if (environment[name]) return environment[name];
  const other = Object.keys(environment).find((key) => key.toLowerCase() === name.toLowerCase());
  return (other === undefined ? undefined : environment[other]) || undefined;
}

/** `key = value` lines; one that cannot be read has no settings. */
async function readSettings(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path)
    .then(decodeText)
    .catch(() => '');
  const settings = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^\s*([^;#=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key && value) settings.set(key, value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return settings;
}

function expanded(text: string, environment: NodeJS.ProcessEnv): string {
  return text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => environment[name] ?? whole);
}

function withoutCredentials(text: string): URL | undefined {
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  url.username = '';
  url.password = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
