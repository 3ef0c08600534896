import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { systemLookup } from '../../../src/services/network/addresses.js';
import { offlineLookup } from '../../fixtures/offline-lookup.js';
import { resolvePublicAddress } from '../../../src/services/panel/address.js';

/** Answers every name with these. */
function names(...addresses: readonly string[]) {
  const asked: string[] = [];
  return {
    asked,
    lookup: (name: string) => {
      asked.push(name);
      // A resolver that lies about the family too.
      return Promise.resolve(addresses.map((address) => ({ address, family: 4 as const })));
    },
  };
}

const refusal = { code: 'panel-address-not-public' };

describe('an address', () => {
  it.each([
    ['8.8.8.8', '8.8.8.8', 4],
    ['134744072', '8.8.8.8', 4],
    ['0x8.010.2056', '8.8.8.8', 4],
    ['8.8.8.8.', '8.8.8.8', 4],
    ['[2606:4700::1111]', '2606:4700::1111', 6],
    ['2606:4700:0:0:0:0:0:1111', '2606:4700::1111', 6],
  ])('that is public is taken: %s', async (host, address, family) => {
    const { lookup, asked } = names();
    expect(await resolvePublicAddress(host, lookup)).toEqual([{ address, family }]);
    expect(asked).toEqual([]);
  });

  it.each([
    // Private, own machine, link, provider, multicast, documentation and reserved (IANA's special registries).
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.42',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    // Notations.
    '2130706433',
    '017700000001',
    '0x7f000001',
    '0X7F.0.0.1',
    '0177.0.0.1',
    '127.1',
    '127.0.1',
    '10.256',
    '127.0.0.1.',
    '0xa9fea9fe',
    '１０.0.0.1',
    // IPv6.
    '::',
    '::1',
    '0:0:0:0:0:0:0:1',
    'fe80::1',
    'febf::1',
    'fec0::1',
    'fc00::1',
    'fdff::1',
    'ff02::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '5f00::1',
    '4000::1',
    '[::1]',
    // With an IPv4 address inside: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP. Public ones as well.
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '::7f00:1',
    '::8.8.8.8',
    '::ffff:0:10.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::808:808',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2002:808:808::1',
    '2001:0:4136:e378:8000:63bf:f5ff:fffe',
    '2606:4700::5efe:10.0.0.1',
    '2606:4700::200:5efe:10.0.0.1',
  ])('that is not public is refused: %s', async (host) => {
    const refused = resolvePublicAddress(host, names('8.8.8.8').lookup);
    await expect(refused).rejects.toMatchObject(refusal);
    await expect(refused).rejects.toBeInstanceOf(InputError);
  });

  it('says what it is', async () => {
    await expect(resolvePublicAddress('192.168.1.1', offlineLookup)).rejects.toMatchObject({
      message: '192.168.1.1 is in a private network, not a public address.',
      hint: expect.stringContaining('Nothing was sent there') as string,
    });
    await expect(
      resolvePublicAddress('panel.example.com', names('::ffff:7f00:1').lookup),
    ).rejects.toMatchObject({
      message:
        'panel.example.com means ::ffff:7f00:1, which is an IPv4 address written as IPv6, not a public address.',
    });
  });
});

describe('a name', () => {
  it('gives all its addresses, IPv4 first', async () => {
    const { lookup, asked } = names('2606:4700::1111', '8.8.4.4', '8.8.8.8');
    expect(await resolvePublicAddress('Panel.Example.com.', lookup)).toEqual([
      { address: '8.8.4.4', family: 4 },
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ]);
    expect(asked).toEqual(['panel.example.com']);
  });

  it.each([
    [['127.0.0.1']],
    [['8.8.8.8', '10.0.0.1']],
    [['10.0.0.1', '8.8.8.8']],
    [['8.8.8.8', '::1']],
    [['8.8.8.8', 'fe80::1%eth0']],
    [['2606:4700::1111%eth0']],
    [['8.8.8.8', 'not an address']],
    [['8.8.8.8', '']],
    // No resolver writes so: what it would mean further on is anybody's guess.
    [['010.8.8.8']],
    [['134744072']],
  ])('with one other address among %j is refused', async (addresses) => {
    const { lookup } = names(...addresses);
    await expect(resolvePublicAddress('panel.example.com', lookup)).rejects.toMatchObject(refusal);
  });

  it.each(['localhost', 'LOCALHOST.', 'panel.localhost'])(
    'that means this machine is refused unasked: %s',
    async (name) => {
      const { lookup, asked } = names('8.8.8.8');
      await expect(resolvePublicAddress(name, lookup)).rejects.toMatchObject(refusal);
      expect(asked).toEqual([]);
    },
  );

  it('that nobody knows is said to be unknown', async () => {
    const unknown = { code: 'panel-name-unknown', hint: expect.stringContaining('DNS') as string };
    await expect(resolvePublicAddress('no.example', offlineLookup)).rejects.toMatchObject(unknown);
    await expect(resolvePublicAddress('no.example', names().lookup)).rejects.toMatchObject(unknown);
  });

  it('is not waited for after the person gave up', async () => {
    const stop = new AbortController();
    const waiting = resolvePublicAddress('slow.example', () => new Promise(() => undefined), {
      signal: stop.signal,
    });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('of this machine, through its own resolver, is refused', async () => {
    // /etc/hosts, in every notation that the resolver knows: `ip6-localhost` on Debian, numbers everywhere.
    expect(await systemLookup('127.1')).toEqual([{ address: '127.0.0.1', family: 4 }]);
    await expect(resolvePublicAddress('127.1', systemLookup)).rejects.toMatchObject(refusal);
  });
});

describe('in the sandbox', () => {
  it('the addresses of its droplets are allowed, and nothing else besides', async () => {
    const allow = 'sandbox';
    expect(await resolvePublicAddress('203.0.113.42', offlineLookup, { allow })).toEqual([
      { address: '203.0.113.42', family: 4 },
    ]);
    for (const host of ['198.51.100.1', '127.0.0.1', '10.0.0.1', '::ffff:203.0.113.42']) {
      await expect(resolvePublicAddress(host, offlineLookup, { allow })).rejects.toMatchObject(
        refusal,
      );
    }
  });
});
