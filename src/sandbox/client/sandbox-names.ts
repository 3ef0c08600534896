import { isIP } from 'node:net';
import type { FoundVersion } from '../../services/installer/find-package.js';
import type { Lookup } from '../../services/network/addresses.js';
import { networkError } from '../../services/network/dial.js';
import type { NameRecords } from '../../services/network/name-records.js';
import type { NameAnswer } from '../world/names.js';
import { askSandbox } from './sandbox-client.js';

/** The DNS of a running sandbox. Rejects like a resolver that fails where the sandbox is told to fail. */
export async function resolveInSandbox(socketPath: string, name: string): Promise<NameRecords> {
  const query = new URLSearchParams({ name }).toString();
  const { text } = await askSandbox(socketPath, 'GET', `/sandbox/names?${query}`);
  const { answer } = JSON.parse(text) as { answer: NameAnswer };
  if (typeof answer !== 'string') return { a: answer, aaaa: [] };
  const code = answer === 'silent' ? 'ETIMEOUT' : 'ESERVFAIL';
  throw networkError(code, `query ${code} ${name}`);
}

/** Newest version of a package in the sandbox's npm registry. */
export async function findNewestInSandbox(socketPath: string, name: string): Promise<FoundVersion> {
  const query = new URLSearchParams({ name }).toString();
  const { text } = await askSandbox(socketPath, 'GET', `/sandbox/releases?${query}`);
  const { version } = JSON.parse(text) as { version?: string };
  return version === undefined ? { kind: 'missing' } : { kind: 'found', version };
}

/** Names as `getaddrinfo` gives them, from the sandbox's DNS. */
export function createSandboxLookup(socketPath: string): Lookup {
  return async (name) => {
    const { a } = await resolveInSandbox(socketPath, name);
    if (a.length === 0) throw networkError('ENOTFOUND', `getaddrinfo ENOTFOUND ${name}`);
    return a.filter((address) => isIP(address) === 4).map((address) => ({ address, family: 4 }));
  };
}
