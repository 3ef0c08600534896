import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

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

/** Addresses allowed to connect to: public ones; in the sandbox also those of its droplets. */
export type AllowedAddresses = 'public' | 'sandbox';

/**
 * Names the kind of an IP address that must not receive the user's data: `in a private network`.
 * Undefined for a public one. Takes the strict notation that a resolver or the URL parser gives;
 * refuses any other as no address.
 */
export function nonPublicKind(address: string, allow: AllowedAddresses): string | undefined {
  // Names an interface of this machine, so it is about this machine's networks, whatever the digits say.
  if (address.includes('%')) return 'in a network of this machine (it has a zone)';
  const family = isIP(address);
  if (family === 4) return nonPublicIpv4(ipaddr.IPv4.parse(address), allow);
  if (family === 6) return nonPublicIpv6(ipaddr.IPv6.parse(address));
  return 'not an IP address';
}

function nonPublicIpv4(address: ipaddr.IPv4, allow: AllowedAddresses): string | undefined {
  if (allow === 'sandbox' && address.match(SANDBOX_NETWORK, SANDBOX_BITS)) return undefined;
  const range = address.range();
  return range === 'unicast' ? undefined : (KINDS[range] ?? RESERVED);
}

function nonPublicIpv6(address: ipaddr.IPv6): string | undefined {
  const range = address.range();
  if (range !== 'unicast') return KINDS[range] ?? RESERVED;
  // Only 2000::/3 is given out (RFC 4291, 2.4); among the rest are the IPv4-compatible addresses (::127.0.0.1).
  if (!address.match(GLOBAL_UNICAST, 3)) return RESERVED;
  return isIsatap(address) ? TRANSLATED : undefined;
}

/** An IPv4 address behind a fixed mark in the lower half (RFC 5214, 6.1). */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return (parts[4]! & ~0x0200) === 0 && parts[5] === 0x5efe;
}

/** Network of the sandbox's droplets (RFC 5737: for documentation only). */
const SANDBOX_NETWORK = ipaddr.IPv4.parse('203.0.113.0');
const SANDBOX_BITS = 24;
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');

const RESERVED = 'reserved for other uses';
const TRANSLATED = 'an IPv4 address written as IPv6';
const KINDS: Readonly<Record<string, string>> = {
  private: 'in a private network',
  uniqueLocal: 'in a private network',
  deprecatedSiteLocal: 'in a private network',
  loopback: 'this machine itself',
  unspecified: 'an unspecified address',
  linkLocal: 'in a network of this machine (link-local)',
  carrierGradeNat: 'in a provider’s internal network',
  multicast: 'a multicast or broadcast address',
  broadcast: 'a multicast or broadcast address',
  ipv4Mapped: TRANSLATED,
  rfc6145: TRANSLATED,
  rfc6052: TRANSLATED,
  '6to4': TRANSLATED,
  teredo: TRANSLATED,
};

/**
 * True for a name or an address of this machine alone, as `URL.hostname` has it: the parser has already turned `0x7f.1`
 * into `127.0.0.1` and shortened IPv6.
 */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === 'localhost') return true;
  return ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback';
}
