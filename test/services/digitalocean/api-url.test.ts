import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import {
  isLoopbackApi,
  requireApiUrl,
  tokenInfoUrl,
} from '../../../src/services/digitalocean/api-url.js';

const LOOPBACK: readonly (readonly [string, string])[] = [
  ['http://localhost', 'http://localhost/'],
  ['http://LOCALHOST:8080/', 'http://localhost:8080/'],
  ['http://localhost.:80', 'http://localhost./'],
  ['http://127.0.0.1:1234', 'http://127.0.0.1:1234/'],
  ['http://127.255.0.3', 'http://127.255.0.3/'],
  ['http://127.1', 'http://127.0.0.1/'],
  ['http://0x7f000001/', 'http://127.0.0.1/'],
  ['http://0177.0.0.1/', 'http://127.0.0.1/'],
  ['http://2130706433', 'http://127.0.0.1/'],
  ['http://[::1]:99', 'http://[::1]:99/'],
  ['http://[0:0:0:0:0:0:0:1]', 'http://[::1]/'],
  ['http://[::ffff:127.0.0.1]/', 'http://[::ffff:7f00:1]/'],
  ['https://127.0.0.1/', 'https://127.0.0.1/'],
];

describe('requireApiUrl', () => {
  it.each(LOOPBACK)('accepts %s', (text, href) => {
    expect(requireApiUrl(text).href).toBe(href);
    expect(isLoopbackApi(text)).toBe(true);
    expect(isLoopbackApi(new URL(text))).toBe(true);
  });

  it.each([
    ['https://api.digitalocean.com', 'https://api.digitalocean.com/'],
    ['  https://api.digitalocean.com/\n', 'https://api.digitalocean.com/'],
    ['https://example.com/a/b', 'https://example.com/a/b/'],
    ['https://example.com/a/b///', 'https://example.com/a/b/'],
    ['https://10.0.0.1:8443', 'https://10.0.0.1:8443/'],
    ['https://localhost.example.com', 'https://localhost.example.com/'],
  ])('accepts %s, with one slash at the end', (text, href) => {
    expect(requireApiUrl(text).href).toBe(href);
    expect(isLoopbackApi(text)).toBe(false);
  });

  it.each<[string, RegExp]>([
    ['http://api.digitalocean.com', /in the clear to api\.digitalocean\.com/],
    ['http://10.0.0.1', /in the clear/],
    ['http://192.168.1.1:8080', /in the clear/],
    ['http://0.0.0.0', /in the clear/],
    ['http://0', /in the clear/],
    ['http://128.0.0.1', /in the clear/],
    ['http://[::]', /in the clear/],
    ['http://[::2]', /in the clear/],
    ['http://[::ffff:10.0.0.1]', /in the clear/],
    ['http://localhost.example.com', /in the clear/],
    ['http://127.0.0.1.example.com', /in the clear/],
    ['http://sub.localhost', /in the clear/],
    ['ftp://127.0.0.1', /must begin with https/],
    ['file:///etc/passwd', /must begin with https/],
    ['javascript:alert(1)', /must begin with https/],
    ['https://user@example.com', /user name or password/],
    ['https://:secret@example.com', /user name or password/],
    ['https://example.com/?a=b', /query/],
    ['https://example.com/?', /query/],
    ['https://example.com/#a', /fragment/],
    ['https://example.com/#', /fragment/],
    ['https://api.digitalocean.com/v2', /\/v2/],
    ['https://api.digitalocean.com/v2/', /\/v2/],
    ['https://exa mple.com', /white space/],
    ['https://exa\nmple.com', /white space/],
    ['', /empty/],
    ['   ', /empty/],
    ['api.digitalocean.com', /not a URL/],
    ['https://', /not a URL/],
    ['http://[::1', /not a URL/],
  ])('refuses %j', (text, message) => {
    expect(() => requireApiUrl(text)).toThrow(InputError);
    expect(() => requireApiUrl(text)).toThrow(message);
    expect(() => requireApiUrl(text)).toThrow(
      expect.objectContaining({ code: 'api-url-invalid', hint: expect.stringMatching(/\w+/) }),
    );
  });

  it('does not repeat a password', () => {
    expect(() => requireApiUrl('https://u:hunter2@example.com')).not.toThrow(/hunter2/);
  });
});

describe('tokenInfoUrl', () => {
  it.each([
    ['https://api.digitalocean.com/', 'https://cloud.digitalocean.com/v1/oauth/token/info'],
    ['http://127.0.0.1:99/', 'http://127.0.0.1:99/v1/oauth/token/info'],
    ['https://example.com/do/', 'https://example.com/do/v1/oauth/token/info'],
    [
      'https://api.digitalocean.com.example.com/',
      'https://api.digitalocean.com.example.com/v1/oauth/token/info',
    ],
  ])('of %s', (base, href) => {
    expect(tokenInfoUrl(requireApiUrl(base)).href).toBe(href);
  });
});
