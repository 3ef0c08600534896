import { Resolver } from 'node:dns/promises';
import { systemCodeOf } from '../../core/errors.js';

/** Addresses that the DNS has for one name; none is an empty list. */
export interface NameRecords {
  readonly a: readonly string[];
  readonly aaaa: readonly string[];
}

/** Asks the DNS itself, not /etc/hosts. Rejects with the resolver's code (`ESERVFAIL`, `ETIMEOUT`) when it fails. */
export type ResolveName = (name: string) => Promise<NameRecords>;

const TIMEOUT_MS = 4000;
const TRIES = 2;

/** Asks the resolvers that this machine is configured for. */
export const systemResolveName: ResolveName = async (name) => {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const [a, aaaa] = await Promise.all([
    orNone(resolver.resolve4(name)),
    orNone(resolver.resolve6(name)),
  ]);
  return { a, aaaa };
};

/** Name servers that a domain is delegated to; none is an empty list. */
export type ResolveNameServers = (domain: string) => Promise<readonly string[]>;

/** Asks the resolvers that this machine is configured for. */
export const systemResolveNameServers: ResolveNameServers = async (domain) => {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const names = await orNone(resolver.resolveNs(domain));
  return names.map((name) => name.toLowerCase());
};

async function orNone(records: Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await records;
  } catch (error) {
    if (['ENODATA', 'ENOTFOUND'].includes(systemCodeOf(error) ?? '')) return [];
    throw error;
  }
}
