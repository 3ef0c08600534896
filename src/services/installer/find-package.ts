import { findRegistry, type NpmPlace } from './npm-settings.js';

/** Far above what a registry tells in its short form about a package with thousands of versions. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const LIMIT_MS = 10_000;
/** The short form: versions and tags, without every description. */
const ACCEPT = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8';

export type FoundPackage =
  | { readonly kind: 'found'; readonly registry: string }
  /** The registry says so. `what` begins a sentence. */
  | { readonly kind: 'missing'; readonly registry: string; readonly what: string }
  /** Half a sentence. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** The newest version that a registry has of a package. */
export type FoundVersion =
  | { readonly kind: 'found'; readonly version: string }
  /** The registry does not have the package, or no newest version of it. */
  | { readonly kind: 'missing' }
  /** Half a sentence. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** Asks a registry for the newest version of a package. Rejects only with the signal's reason. */
export type FindNewest = (name: string, signal: AbortSignal) => Promise<FoundVersion>;

/** Asks the registry that this person's npm is configured for, without anything secret. */
export function newestFinder(place: NpmPlace): FindNewest {
  return async (name, signal) => {
    const registry = await findRegistry(name, place);
    if (registry === undefined)
      return { kind: 'unknown', reason: 'npm is not configured for a registry on the web' };
    const answer = await ask(new URL(name.replace('/', '%2f'), registry), signal);
    if (typeof answer === 'string')
      return { kind: 'unknown', reason: `${registry.href} ${answer}` };
    const version = answer?.tags['latest'];
    return typeof version === 'string' ? { kind: 'found', version } : { kind: 'missing' };
  };
}

/** Asks a registry for an npm spec (`parseInstallerSource`). Rejects only with the signal's reason. */
export type FindPackage = (spec: string, signal: AbortSignal) => Promise<FoundPackage>;

/**
 * Asks the registry that this person's npm is configured for. Nothing secret is sent: one that wants a login is
 * `unknown`, as one that cannot be reached, or that answers with anything else than a package.
 */
export function packageFinder(place: NpmPlace): FindPackage {
  return async (spec, signal) => {
    const { name, wanted } = splitSpec(spec);
    const registry = await findRegistry(name, place);
    if (registry === undefined) {
      return { kind: 'unknown', reason: 'npm is not configured for a registry on the web' };
    }
    const { href } = registry;
    const answer = await ask(new URL(name.replace('/', '%2f'), registry), signal);
    if (typeof answer === 'string') return { kind: 'unknown', reason: `${href} ${answer}` };
    if (answer === undefined) {
      return { kind: 'missing', registry: href, what: `There is no npm package ${name}` };
    }
    if (isPublished(wanted, answer)) return { kind: 'found', registry: href };
    const what = `The npm package ${name} has no version ${wanted}`;
    return { kind: 'missing', registry: href, what };
  };
}

function splitSpec(spec: string): { readonly name: string; readonly wanted: string } {
  const at = spec.indexOf('@', 1);
  if (at === -1) return { name: spec, wanted: 'latest' };
  return { name: spec.slice(0, at), wanted: spec.slice(at + 1) };
}

/** Undefined where there is no such package; a text, half a sentence, where that cannot be told. */
async function ask(url: URL, signal: AbortSignal): Promise<PackageVersions | string | undefined> {
  signal.throwIfAborted();
  const { got, RequestError } = await import('got');
  try {
    const answer = got(url, {
      headers: { accept: ACCEPT },
      timeout: { request: LIMIT_MS },
      signal,
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      responseType: 'text',
    });
    let isTooLong = false;
    void answer.on('downloadProgress', ({ transferred }) => {
      if (transferred <= MAX_BODY_BYTES) return;
      isTooLong = true;
      answer.cancel();
    });
    const { statusCode, body } = await answer.catch((error: unknown) => {
      if (isTooLong) return { statusCode: 200, body: '' };
      throw error;
    });
    if (statusCode === 404) return undefined;
    if (statusCode !== 200) return `answers ${statusCode}`;
    return readVersions(body) ?? 'does not answer as an npm registry';
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof RequestError ? error.code : 'EUNKNOWN';
    return `cannot be reached from here (${code})`;
  }
}

function readVersions(body: string): PackageVersions | undefined {
  try {
    const value = JSON.parse(body) as { versions?: unknown; 'dist-tags'?: unknown } | null;
    const { versions, 'dist-tags': tags } = value ?? {};
    if (!isObject(versions) || !isObject(tags)) return undefined;
    return { versions: Object.keys(versions), tags: tags as Record<string, string> };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Versions of one package in a registry. */
interface PackageVersions {
  readonly versions: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

const RANGE = /^([\^~]?)(\d+)(?:\.(\d+))?(?:\.(\d+))?$/;

/**
 * True when npm finds a version for what `parseInstallerSource` lets through after the `@`: a version, a tag, or a
 * simple range. A range around a pre-release is left to npm: true.
 */
export function isPublished(wanted: string, { versions, tags }: PackageVersions): boolean {
  if (versions.includes(wanted) || Object.hasOwn(tags, wanted)) return true;
  if (/^[\^~].*-/.test(wanted)) return true;
  const [, operator, ...numbers] = RANGE.exec(wanted) ?? [];
  const least = numbers.filter((part) => part !== undefined).map(Number);
  const isVersion = operator === '' && least.length === 3;
  if (operator === undefined || isVersion) return false;
  const fixed = fixedParts(operator, least);
  return versions.some((version) => {
    const parts = /^(\d+)\.(\d+)\.(\d+)(?:\+.*)?$/.exec(version)?.slice(1).map(Number);
    if (parts === undefined) return false;
    return least.slice(0, fixed).every((part, at) => part === parts[at]) && !isLess(parts, least);
  });
}

/** Gives the count of leading numbers in a range that a version must match exactly. */
function fixedParts(operator: string, least: readonly number[]): number {
  if (operator === '~') return Math.min(2, least.length);
  const first = least.findIndex((part) => part !== 0);
  return operator === '^' && first !== -1 ? first + 1 : least.length;
}

function isLess(parts: readonly number[], least: readonly number[]): boolean {
  const at = least.findIndex((part, index) => part !== parts[index]);
  return at !== -1 && (parts[at] ?? 0) < (least[at] ?? 0);
}
