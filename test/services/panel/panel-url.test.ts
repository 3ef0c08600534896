import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import {
  canonicalHost,
  parsePanelUrl,
  suggestedLabel,
} from '../../../src/services/panel/panel-url.js';
import { labelProblem } from '../../../src/core/label.js';

describe('the address of a panel', () => {
  it.each([
    ['https://203.0.113.42:9292', 'https://203.0.113.42:9292', '203.0.113.42', 9292],
    ['  https://203.0.113.42:9292/  ', 'https://203.0.113.42:9292', '203.0.113.42', 9292],
    ['HTTPS://203.0.113.42', 'https://203.0.113.42:9292', '203.0.113.42', 9292],
    ['203.0.113.42', 'https://203.0.113.42:9292', '203.0.113.42', 9292],
    ['203.0.113.42:9292', 'https://203.0.113.42:9292', '203.0.113.42', 9292],
    ['https://203.0.113.42:443', 'https://203.0.113.42', '203.0.113.42', 443],
    ['https://203.0.113.42:0443/x', 'https://203.0.113.42', '203.0.113.42', 443],
    ['https://panel.example.com', 'https://panel.example.com', 'panel.example.com', 443],
    ['https://panel.example.com:443', 'https://panel.example.com', 'panel.example.com', 443],
    ['panel.example.com:9292', 'https://panel.example.com:9292', 'panel.example.com', 9292],
    ['https://Panel.Example.COM.', 'https://panel.example.com', 'panel.example.com', 443],
    ['https://bücher.example', 'https://xn--bcher-kva.example', 'xn--bcher-kva.example', 443],
    ['https://[2001:DB9::1]', 'https://[2001:db9::1]:9292', '2001:db9::1', 9292],
    ['https://[2001:db9:0:0::1]:443', 'https://[2001:db9::1]', '2001:db9::1', 443],
    [
      'https://203.0.113.42:9292/dashboard?tab=1#certificates',
      'https://203.0.113.42:9292',
      '203.0.113.42',
      9292,
    ],
    // Another notation of an address is that address, for better and for worse.
    ['https://3405803818', 'https://203.0.113.42:9292', '203.0.113.42', 9292],
    ['https://0x7f.1:9292', 'https://127.0.0.1:9292', '127.0.0.1', 9292],
    ['https://127.0.0.1.', 'https://127.0.0.1:9292', '127.0.0.1', 9292],
    ['https://１２７.０.０.１', 'https://127.0.0.1:9292', '127.0.0.1', 9292],
    ['https://%31%32%37.1', 'https://127.0.0.1:9292', '127.0.0.1', 9292],
  ])('%s', (text, url, host, port) => {
    expect(parsePanelUrl(text)).toEqual({ url, host, port });
  });

  it.each([
    ['http://203.0.113.42:9292', 'panel-url-not-https'],
    ['ftp://203.0.113.42', 'panel-url-not-https'],
    ['file:///etc/passwd', 'panel-url-not-https'],
    ['', 'panel-url-invalid'],
    ['   ', 'panel-url-invalid'],
    ['https://', 'panel-url-invalid'],
    ['https:///', 'panel-url-invalid'],
    ['javascript:alert(1)', 'panel-url-invalid'],
    ['https://admin:secret@203.0.113.42', 'panel-url-invalid'],
    ['https://203.0.113.42@evil.example', 'panel-url-invalid'],
    ['https://@203.0.113.42', 'panel-url-invalid'],
    ['admin@203.0.113.42', 'panel-url-invalid'],
    ['https://203.0.113.42\\@evil.example', 'panel-url-invalid'],
    ['https://exam ple.com', 'panel-url-invalid'],
    ['https://exam\nple.com', 'panel-url-invalid'],
    ['https://exam\u200bple.com', 'panel-url-invalid'],
    ['https://\u202egro.elpmaxe', 'panel-url-invalid'],
    ['https://203.0.113.42:0', 'panel-url-invalid'],
    ['https://203.0.113.42:99999', 'panel-url-invalid'],
    ['https://203.0.113.999', 'panel-url-invalid'],
    ['https://1.2.3.4.5', 'panel-url-invalid'],
    ['https://09.1.1.1', 'panel-url-invalid'],
    ['https://[fe80::1%eth0]', 'panel-url-invalid'],
    ['https://[fe80::1%25eth0]:9292', 'panel-url-invalid'],
    ['https://[::1', 'panel-url-invalid'],
    ['https://a..example.com', 'panel-url-invalid'],
    ['https://-a.example.com', 'panel-url-invalid'],
    ['https://*.example.com', 'panel-url-invalid'],
    ['https://a"b.example.com', 'panel-url-invalid'],
    [`https://${'a'.repeat(64)}.example.com`, 'panel-url-invalid'],
    [`https://${'a.'.repeat(130)}example.com`, 'panel-url-invalid'],
    [`https://203.0.113.42/${'x'.repeat(3000)}`, 'panel-url-invalid'],
  ])('refuses %j', (text, code) => {
    const error = thrownBy(() => parsePanelUrl(text));
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/\S/) as string });
  });

  it('says what to do about what people type', () => {
    const hintFor = (text: string) => (thrownBy(() => parsePanelUrl(text)) as InputError).hint;
    expect(hintFor('http://203.0.113.42')).toContain('https://');
    expect(hintFor('https://u:p@203.0.113.42')).toContain('Leave out everything up to the "@"');
    expect(hintFor('https://[fe80::1%eth0]')).toContain('public address');
    expect(hintFor('https://203.0.113.42:99999')).toContain('65535');
  });

  it('repeats no password in its words', () => {
    const error = thrownBy(() => parsePanelUrl('https://admin:hunter2@203.0.113.42')) as InputError;
    expect(JSON.stringify([error.message, error.hint])).not.toContain('hunter2');
  });
});

describe('a host', () => {
  it.each([
    ['127.1', '127.0.0.1'],
    ['0177.0.0.01', '127.0.0.1'],
    ['0x7f000001', '127.0.0.1'],
    ['2130706433', '127.0.0.1'],
    ['LOCALHOST.', 'localhost'],
    ['[::FFFF:127.0.0.1]', '::ffff:7f00:1'],
    ['::1', '::1'],
    ['panel.example.com', 'panel.example.com'],
  ])('%s is %s', (text, host) => {
    expect(canonicalHost(text)).toBe(host);
  });

  it.each([
    '',
    '.',
    'a/b',
    'a@b',
    'a:1',
    'a b',
    'a?b',
    'a#b',
    'a\\b',
    'fe80::1%eth0',
    '[::1]:9292',
  ])('is not %j', (text) => {
    expect(thrownBy(() => canonicalHost(text))).toBeInstanceOf(InputError);
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('the label suggested for a host', () => {
  it.each([
    ['panel.example.com', [], 'panel-example-com'],
    ['203.0.113.42', [], '203-0-113-42'],
    ['2001:db9::1', [], '2001-db9-1'],
    ['::', [], 'server'],
    ['PANEL', [], 'panel'],
    ['a', ['a'], 'a-2'],
    ['a', ['a-2', 'a', 'a-3'], 'a-4'],
    ['x'.repeat(80), [], 'x'.repeat(64)],
    [`${'x'.repeat(63)}.y`, [], 'x'.repeat(63)],
    ['x'.repeat(80), ['x'.repeat(64)], `${'x'.repeat(62)}-2`],
  ])('%s, with %j taken: %s', (host, taken, label) => {
    expect(suggestedLabel(host, taken)).toBe(label);
    expect(labelProblem(label)).toBeUndefined();
  });
});
