import { isIP } from 'node:net';
import { InputError } from '../../core/errors.js';
import {
  type AllowedAddresses,
  type Lookup,
  nonPublicKind,
  type ResolvedAddress,
} from '../network/addresses.js';
import { PanelError, toPanelError } from './panel-error.js';
import { canonicalHost } from './panel-url.js';

export interface ResolveOptions {
  /** `public` when left out. */
  readonly allow?: AllowedAddresses | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LOOKUP_TIMEOUT_MS = 10_000;

/**
 * The addresses of a host, every one of them public, IPv4 first; at least one. A single other one among them refuses
 * all. Connect to these and not to the name (`pinnedDial`): it may mean something else a moment later.
 * InputError `panel-address-not-public`, or PanelError when the name cannot be resolved.
 */
export async function resolvePublicAddress(
  host: string,
  lookup: Lookup,
  { allow = 'public', signal }: ResolveOptions = {},
): Promise<readonly ResolvedAddress[]> {
  const name = canonicalHost(host);
  // Means this machine whatever a resolver says (RFC 6761, 6.3).
  if (/(?:^|\.)localhost$/.test(name)) throw notPublic(name, 'this machine itself');
  const addresses = isIP(name) === 0 ? await askFor(name, lookup, signal) : [asAddress(name)];
  for (const { address } of addresses) {
    const kind = nonPublicKind(address, allow);
    if (kind !== undefined) throw notPublic(name, kind, address);
  }
  return addresses.toSorted((one, other) => one.family - other.family);
}

async function askFor(
  name: string,
  lookup: Lookup,
  signal: AbortSignal | undefined,
): Promise<readonly ResolvedAddress[]> {
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(LOOKUP_TIMEOUT_MS);
  const ending = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  try {
    const found = await Promise.race([lookup(name), aborted(ending)]);
    if (found.length === 0) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
    // Classify by the digits; ignore the family that the resolver states.
    return found.map(({ address }) => asAddress(address));
  } catch (error) {
    signal?.throwIfAborted();
    if (!deadline.aborted) throw toPanelError(error, name);
    throw new PanelError('panel-name-unknown', `The name ${name} could not be resolved in time.`);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function asAddress(address: string): ResolvedAddress {
  return { address, family: isIP(address) === 6 ? 6 : 4 };
}

function notPublic(name: string, kind: string, address = name): InputError {
  const what = address === name ? name : `${name} means ${shown(address)}, which`;
  return new InputError({
    code: 'panel-address-not-public',
    message: `${what} is ${kind}, not a public address.`,
    hint: 'Nothing was sent there. Use the public address of the server, as the DigitalOcean console shows it.',
  });
}

/** Cleans a resolver's answer, which may contain anything. */
function shown(address: string): string {
  return isIP(address) === 0 ? 'something' : address;
}
