import * as fc from '../../fixtures/fast-check.js';
import { type Address, type Block, IPV4_BLOCKS, IPV6_BLOCKS } from './addresses.js';

/** Addresses from everywhere, most of them at the edges of the blocks that are not public. */

const MAX_IPV4 = 0xffffffffn;
const MAX_IPV6 = (1n << 128n) - 1n;

export const ipv4Value = fc.oneof(
  fc.bigInt({ min: 0n, max: MAX_IPV4 }),
  nearEdges(IPV4_BLOCKS, MAX_IPV4),
);

/** How an IPv4 address is put into an IPv6 one, and what may follow. */
const EMBEDDINGS: readonly ((ipv4: bigint, rest: bigint) => bigint)[] = [
  (ipv4) => (0xffffn << 32n) | ipv4,
  (ipv4) => ipv4,
  (ipv4) => (0xffffn << 48n) | ipv4,
  (ipv4) => (0x64ff9bn << 96n) | ipv4,
  (ipv4, rest) => (0x64ff9b0001n << 80n) | (ipv4 << 40n) | (rest & 0xffffn),
  (ipv4, rest) => (0x2002n << 112n) | (ipv4 << 80n) | (rest & 0xffffn),
  (ipv4, rest) => (0x20010000n << 96n) | (rest & (0xffffn << 64n)) | (ipv4 ^ MAX_IPV4),
  (ipv4, rest) => (0x26064700n << 96n) | ((rest & 1n) << 57n) | (0x5efen << 32n) | ipv4,
  // Global all the same: its last bits happen to look like an address.
  (ipv4, rest) => (0x26064700n << 96n) | ((rest & 0xffffn) << 64n) | (1n << 48n) | ipv4,
];

export const ipv6Value = fc.oneof(
  fc.bigInt({ min: 0n, max: MAX_IPV6 }),
  fc.bigInt({ min: 0x2000n << 112n, max: (0x4000n << 112n) - 1n }),
  nearEdges(IPV6_BLOCKS, MAX_IPV6),
  fc
    .tuple(fc.constantFrom(...EMBEDDINGS), ipv4Value, fc.bigInt({ min: 0n, max: MAX_IPV6 }))
    .map(([embed, ipv4, rest]) => embed(ipv4, rest)),
);

export const address: fc.Arbitrary<Address> = fc.oneof(
  ipv4Value.map((value) => ({ family: 4 as const, value })),
  ipv6Value.map((value) => ({ family: 6 as const, value })),
);

/** An address and one of the many ways to write it, as a host of a URL. */
export const writtenAddress: fc.Arbitrary<Address & { readonly text: string }> = fc.oneof(
  ipv4Value.chain((value) => ipv4Text(value).map((text) => ({ family: 4 as const, value, text }))),
  ipv6Value.chain((value) => ipv6Text(value).map((text) => ({ family: 6 as const, value, text }))),
);

/** In its usual notation, as resolvers give it. */
export function plainText({ family, value }: Address): string {
  if (family === 4) return dotted(value);
  return groupsOf(value)
    .map((group) => group.toString(16))
    .join(':');
}

function nearEdges(blocks: readonly Block[], max: bigint): fc.Arbitrary<bigint> {
  const edges = blocks.flatMap(({ first, last }) => [first - 1n, first, last, last + 1n]);
  const inside = fc
    .constantFrom(...blocks)
    .chain(({ first, last }) => fc.bigInt({ min: first, max: last }));
  return fc.oneof(fc.constantFrom(...edges.filter((edge) => edge >= 0n && edge <= max)), inside);
}

/** One to four parts, the last one for all bytes that are left; each decimal, octal or hexadecimal. */
function ipv4Text(value: bigint): fc.Arbitrary<string> {
  return fc.integer({ min: 1, max: 4 }).chain((count) => {
    const leading = Array.from(
      { length: count - 1 },
      (_, at) => (value >> BigInt(24 - 8 * at)) & 0xffn,
    );
    const rest = value & ((1n << BigInt(8 * (5 - count))) - 1n);
    const parts = [...leading, rest].map(numberText);
    return fc
      .tuple(fc.tuple(...parts), fc.constantFrom('', '', '', '.'), fc.constantFrom(same, wide))
      .map(([texts, dot, letters]) => letters(texts.join('.')) + dot);
  });
}

function numberText(value: bigint): fc.Arbitrary<string> {
  return fc.constantFrom(
    value.toString(),
    `0${value.toString(8)}`,
    `000${value.toString(8)}`,
    `0x${value.toString(16)}`,
    `0X00${value.toString(16).toUpperCase()}`,
  );
}

const same = (text: string): string => text;
/** Full-width digits: the URL parser takes them for the usual ones. */
const wide = (text: string): string =>
  text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));

function ipv6Text(value: bigint): fc.Arbitrary<string> {
  const groups = groupsOf(value);
  return fc
    .record({
      upper: fc.boolean(),
      padded: fc.boolean(),
      dottedEnd: fc.boolean(),
      /** Which run of zeroes is left out; none at all when there is no such run. */
      compressed: fc.integer({ min: -1, max: 3 }),
      brackets: fc.boolean(),
    })
    .map(({ upper, padded, dottedEnd, compressed, brackets }) => {
      const hex = groups.map((group) => group.toString(16).padStart(padded ? 4 : 1, '0'));
      const written = dottedEnd ? [...hex.slice(0, 6), dotted(value & MAX_IPV4)] : hex;
      const text = compress(written, compressed);
      const cased = upper ? text.toUpperCase() : text;
      return brackets ? `[${cased}]` : cased;
    });
}

function compress(written: readonly string[], which: number): string {
  const runs = zeroRuns(written);
  const run = runs[which];
  if (run === undefined) return written.join(':');
  const before = written.slice(0, run.from).join(':');
  return `${before}::${written.slice(run.to).join(':')}`;
}

function zeroRuns(written: readonly string[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const [at, group] of written.entries()) {
    if (!/^0+$/.test(group)) continue;
    const last = runs.at(-1);
    if (last?.to === at) last.to = at + 1;
    else runs.push({ from: at, to: at + 1 });
  }
  return runs;
}

function groupsOf(value: bigint): number[] {
  return Array.from({ length: 8 }, (_, at) => Number((value >> BigInt(112 - 16 * at)) & 0xffffn));
}

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}
