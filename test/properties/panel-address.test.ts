import ipaddr from 'ipaddr.js';
import * as fc from '../fixtures/fast-check.js';
import { isIP } from 'node:net';
import { expect } from 'vitest';
import { InputError } from '../../src/core/errors.js';
import type { Lookup, ResolvedAddress } from '../../src/services/network/addresses.js';
import { resolvePublicAddress } from '../../src/services/panel/address.js';
import { PanelError } from '../../src/services/panel/panel-error.js';
import { canonicalHost, parsePanelUrl } from '../../src/services/panel/panel-url.js';
import { isNumericHost, isPublic, readAddress } from './oracles/addresses.js';
import { address, plainText, writtenAddress } from './oracles/notations.js';
import { describeProperty } from './property.js';

type Resolve = (host: string, lookup: Lookup) => Promise<readonly ResolvedAddress[]>;
const resolve: Resolve = (host, lookup) => resolvePublicAddress(host, lookup);

describeProperty<Resolve>('an address in any notation', {
  property: (subject) =>
    fc.asyncProperty(writtenAddress, async ({ family, value, text }) => {
      const outcome = await outcomeOf(subject(text, nobody));
      if (isPublic({ family, value })) expect(numbers(outcome)).toEqual([{ family, value }]);
      else expect(outcome).toBe('panel-address-not-public');
    }),
  real: resolve,
  mutants: {
    'takes IPv4-compatible and other reserved IPv6 addresses for public': (host, lookup) =>
      whenIp(host, lookup, (parsed) => parsed.range() === 'unicast'),
    'looks through mapped addresses': (host, lookup) =>
      whenIp(host, lookup, (parsed) => {
        const inner = ipaddr.process(parsed.toString());
        return inner.range() === 'unicast' && (inner.kind() === 'ipv4' || inGivenOut(inner));
      }),
    'knows half of 172.16.0.0/12': (host, lookup) =>
      whenIp(
        host,
        lookup,
        (parsed) =>
          parsed.kind() === 'ipv4' &&
          parsed.toByteArray()[0] === 172 &&
          parsed.toByteArray()[1]! >= 24,
      ),
    'looks at the usual notation only': async (host, lookup) =>
      /^[\d.]+$/.test(host) && !/^(?:\d{1,3}\.){3}\d{1,3}$/.test(host)
        ? [{ address: canonicalHost(host), family: 4 }]
        : await resolve(host, lookup),
    'refuses all of IPv6': async (host, lookup) => {
      if (host.includes(':')) throw notPublic();
      return await resolve(host, lookup);
    },
  },
});

describeProperty<Resolve>('the addresses of a name', {
  property: (subject) =>
    fc.asyncProperty(fc.array(address, { minLength: 1, maxLength: 5 }), async (addresses) => {
      const lookup: Lookup = () =>
        Promise.resolve(
          addresses.map((each) => ({ address: plainText(each), family: each.family })),
        );
      const outcome = await outcomeOf(subject('panel.example.com', lookup));
      const sorted = addresses.toSorted((one, other) => one.family - other.family);
      if (addresses.every(isPublic)) expect(numbers(outcome)).toEqual(sorted);
      else expect(outcome).toBe('panel-address-not-public');
    }),
  real: resolve,
  mutants: {
    'looks at the first address only': async (host, lookup) => {
      const all = await lookup(host);
      await resolve(host, () => Promise.resolve(all.slice(0, 1)));
      return all.toSorted((one, other) => one.family - other.family);
    },
    'leaves out the bad ones instead of refusing': async (host, lookup) => {
      const good: ResolvedAddress[] = [];
      for (const each of await lookup(host)) {
        const checked = await outcomeOf(resolve(host, () => Promise.resolve([each])));
        if (typeof checked !== 'string') good.push(...checked);
      }
      if (good.length === 0) throw notPublic();
      return good;
    },
    'asks the resolver twice': async (host, lookup) => {
      const first = await resolve(host, lookup);
      return (await lookup(host)).length > 1 ? first.slice(1) : first;
    },
  },
});

/** Anything that could be typed or pasted, most of it nearly an address of a panel. */
const typed = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webUrl({ validSchemes: ['https', 'http'], withFragments: true, withQueryParameters: true }),
  fc.domain(),
  fc
    .array(
      fc.oneof(
        writtenAddress.map(({ text }) => text),
        fc.domain(),
        fc.constantFrom(
          'https://',
          'http://',
          'HTTPS:',
          '//',
          '/',
          '\\',
          '@',
          ':',
          ':9292',
          '?',
          '#',
        ),
        fc.constantFrom(
          '[',
          ']',
          '%',
          '%25',
          '%00',
          '.',
          '..',
          'localhost',
          '0x',
          '１',
          '。',
          '\u00ad',
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
);

/** Reads the text and resolves what it names. */
type Check = (
  text: string,
  lookup: Lookup,
) => Promise<{
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly ResolvedAddress[];
}>;
const check: Check = async (text, lookup) => {
  const where = parsePanelUrl(text);
  return { ...where, addresses: await resolve(where.host, lookup) };
};

describeProperty<Check>('whatever is typed', {
  property: (subject) =>
    fc.asyncProperty(typed, address, async (text, resolved) => {
      const asked: string[] = [];
      const lookup: Lookup = (name) => {
        asked.push(name);
        return Promise.resolve([{ address: plainText(resolved), family: resolved.family }]);
      };
      const outcome = await outcomeOf(subject(text, lookup));
      // A number is an address in disguise: a resolver must never be the one to find out.
      expect(asked.filter((name) => isNumericHost(name) || isIP(name) !== 0)).toEqual([]);
      if (typeof outcome === 'string') return;
      const { url, host, port, addresses } = outcome;
      expect(
        addresses.map((each) => readAddress(each.address)).every((each) => each && isPublic(each)),
      ).toBe(true);
      expect(addresses.length).toBeGreaterThan(0);
      const parsed = new URL(url);
      expect([parsed.protocol, parsed.username, parsed.password]).toEqual(['https:', '', '']);
      expect([parsed.pathname, parsed.search, parsed.hash]).toEqual(['/', '', '']);
      expect(parsed.hostname.replace(/^\[|\]$/g, '')).toBe(host);
      expect(Number(parsed.port || 443)).toBe(port);
      expect(url).toMatch(/^[\x21-\x7e]+$/);
      // What is stored reads the same again.
      const again = parsePanelUrl(port === 443 ? `${url}:443` : url);
      expect(again).toEqual({ url, host, port });
    }),
  real: check,
  mutants: {
    'takes plain http as well': (text, lookup) =>
      check(text.replace(/^http:/, 'https:'), lookup).then((found) =>
        text.startsWith('http:') ? { ...found, url: found.url.replace('https', 'http') } : found,
      ),
    'keeps what follows the port': async (text, lookup) => {
      const found = await check(text, lookup);
      return {
        ...found,
        url: found.url + new URL(text.includes('://') ? text : `https://${text}`).pathname,
      };
    },
    'lets the resolver read numbers': async (text, lookup) => {
      const host = /^(?:https:\/\/)?([\dx.]+)/i.exec(text)?.[1];
      if (host !== undefined) await lookup(host);
      return await check(text, lookup);
    },
  },
});

const nobody: Lookup = () => Promise.reject(new Error('an address was looked up as a name'));

/** The result, or the code of an error that a person may see; anything else that is thrown is a defect. */
async function outcomeOf<T>(call: Promise<T>): Promise<T | string> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof InputError || error instanceof PanelError) return error.code;
    throw error;
  }
}

function numbers(outcome: string | readonly ResolvedAddress[]): unknown {
  if (typeof outcome === 'string') return outcome;
  return outcome.map(({ address: text, family }) => ({ ...readAddress(text), family }));
}

/** Says yes for an address of which `isFine` holds, whatever the real check says. */
async function whenIp(
  host: string,
  lookup: Lookup,
  isFine: (parsed: ipaddr.IPv4 | ipaddr.IPv6) => boolean,
): Promise<readonly ResolvedAddress[]> {
  const text = canonicalHost(host);
  if (isIP(text) !== 0 && isFine(ipaddr.parse(text)))
    return [{ address: text, family: text.includes(':') ? 6 : 4 }];
  return await resolve(host, lookup);
}

function inGivenOut(parsed: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return parsed instanceof ipaddr.IPv6 && (parsed.parts[0]! & 0xe000) === 0x2000;
}

function notPublic(): InputError {
  return new InputError({ code: 'panel-address-not-public', message: 'no' });
}
