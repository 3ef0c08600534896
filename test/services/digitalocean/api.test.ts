import { describe, expect, it } from 'vitest';
import {
  DropletAddressError,
  requirePublicAddress,
} from '../../../src/services/digitalocean/api.js';

describe('the address of a droplet', () => {
  it.each(['8.8.8.8', '104.248.1.2', '165.22.0.1', '172.32.0.1', '100.128.0.1'])(
    'may be the public %s',
    (ip) => {
      expect(requirePublicAddress(ip, false)).toBe(ip);
      expect(requirePublicAddress(ip, true)).toBe(ip);
    },
  );

  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '10.0.0.5',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '240.0.0.1',
    '192.0.2.1',
    '198.51.100.7',
    '203.0.113.42',
    '198.18.0.1',
    '192.88.99.1',
    '::1',
    '2001:4860:4860::8888',
    '::ffff:8.8.8.8',
  ])('may be %s only for an API of this machine', (ip) => {
    expect(() => requirePublicAddress(ip, false)).toThrow(DropletAddressError);
    expect(requirePublicAddress(ip, true)).toBe(ip);
  });

  it.each([
    '',
    '8.8.8',
    '8.8',
    '134744072',
    '0x8.8.8.8',
    '010.8.8.8',
    ' 8.8.8.8',
    '8.8.8.8 ',
    '8.8.8.8:22',
    '8.8.8.8\n',
    '256.1.1.1',
    'example.com',
    '-oProxyCommand=x',
    '[::1]',
  ])('is never %j', (ip) => {
    for (const apiIsLoopback of [false, true])
      expect(() => requirePublicAddress(ip, apiIsLoopback)).toThrow(
        expect.objectContaining({ code: 'address-not-public' }),
      );
  });

  it('cannot write to the terminal through the error', () => {
    expect(() => requirePublicAddress(`\u{1b}]0;x\u{7}${'9'.repeat(999)}`, true)).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/\p{Cc}|.{300}/u) }),
    );
  });
});
