import { lookup } from 'node:dns/promises';
import { networkError } from './dial.js';

/** One address that a name stands for. */
export interface ResolvedAddress {
  /** `203.0.113.7`, `2001:db8::1` */
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a name. Rejects with the system's error (`ENOTFOUND`, `EAI_AGAIN`) as `code`. */
export type Lookup = (name: string) => Promise<readonly ResolvedAddress[]>;

/** Resolves names like other programs on this machine, including /etc/hosts. */
export const systemLookup: Lookup = async (name) => {
  const found = await lookup(name, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/** Knows no name. For the sandbox: asking for one would leave the machine. */
export const offlineLookup: Lookup = (name) =>
  Promise.reject(networkError('ENOTFOUND', `getaddrinfo ENOTFOUND ${name}`));
