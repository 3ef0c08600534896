/**
 * What a public address is, told by numbers and without a library: the blocks of IANA's special-purpose registries
 * (RFC 6890 and what was added since) by their first and last address.
 */

export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

export interface Block {
  readonly first: bigint;
  readonly last: bigint;
}

const SPECIAL_IPV4 = blocks(4, [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]);
const GIVEN_OUT_IPV6: Block = blocks(6, [['2000:0:0:0:0:0:0:0', 3]])[0]!;
const SPECIAL_IPV6 = blocks(6, [
  ['2001:0:0:0:0:0:0:0', 23],
  ['2001:db8:0:0:0:0:0:0', 32],
  ['2002:0:0:0:0:0:0:0', 16],
  ['2620:4f:8000:0:0:0:0:0', 48],
  ['3fff:0:0:0:0:0:0:0', 20],
]);
/** Not public for lying outside of what is given out, and worth trying on purpose. */
const OTHER_IPV6 = blocks(6, [
  ['0:0:0:0:0:0:0:0', 96],
  ['0:0:0:0:0:ffff:0:0', 96],
  ['0:0:0:0:ffff:0:0:0', 96],
  ['64:ff9b:0:0:0:0:0:0', 96],
  ['64:ff9b:1:0:0:0:0:0', 48],
  ['100:0:0:0:0:0:0:0', 64],
  ['5f00:0:0:0:0:0:0:0', 16],
  ['fc00:0:0:0:0:0:0:0', 7],
  ['fe80:0:0:0:0:0:0:0', 10],
  ['fec0:0:0:0:0:0:0:0', 10],
  ['ff00:0:0:0:0:0:0:0', 8],
]);

/** Blocks whose edges are worth trying. */
export const IPV4_BLOCKS: readonly Block[] = SPECIAL_IPV4;
export const IPV6_BLOCKS: readonly Block[] = [GIVEN_OUT_IPV6, ...SPECIAL_IPV6, ...OTHER_IPV6];

export function isPublic({ family, value }: Address): boolean {
  const inside = ({ first, last }: Block): boolean => first <= value && value <= last;
  if (family === 4) return !SPECIAL_IPV4.some(inside);
  // ISATAP: the third quarter is 0000:5efe or 0200:5efe.
  const third = (value >> 32n) & 0xffffffffn;
  const isatap = third === 0x5efen || third === 0x02005efen;
  return inside(GIVEN_OUT_IPV6) && !SPECIAL_IPV6.some(inside) && !isatap;
}

/** Reads an address in its usual notation, and no other one. */
export function readAddress(text: string): Address | undefined {
  const family = text.includes(':') ? 6 : 4;
  const value = family === 6 ? readIpv6(text) : readIpv4(text);
  return value === undefined ? undefined : { family, value };
}

/** Whether the system's resolver would take the text for an IPv4 address in any of its notations (inet_aton). */
export function isNumericHost(text: string): boolean {
  const parts = text.replace(/\.$/, '').split('.');
  return parts.length <= 4 && parts.every((part) => /^(?:0x[0-9a-f]*|\d+)$/i.test(part));
}

function readIpv4(text: string): bigint | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.join('.') !== text) return undefined;
  if (parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function readIpv6(text: string): bigint | undefined {
  const [before = '', after, more] = text.split('::');
  if (more !== undefined) return undefined;
  const groupsOf = (side: string): string[] => (side === '' ? [] : side.split(':'));
  const head = groupsOf(before);
  const tail = groupsOf(after ?? '');
  const missing = 8 - head.length - tail.length;
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return undefined;
  return groups.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}

function blocks(family: 4 | 6, ranges: readonly (readonly [string, number])[]): Block[] {
  return ranges.map(([start, bits]) => {
    const first = (family === 4 ? readIpv4(start) : readIpv6(start))!;
    const size = 1n << BigInt((family === 4 ? 32 : 128) - bits);
    return { first, last: first + size - 1n };
  });
}
