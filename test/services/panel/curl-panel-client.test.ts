import { describe, expect, it } from 'vitest';
import { curlConfig } from '../../../src/services/panel/curl-panel-client.js';

const request = {
  method: 'GET',
  url: new URL('https://203.0.113.42:9292/api/health'),
  trust: { kind: 'public' },
  identityName: 'admin',
  connectTimeoutMs: 2_500,
  timeoutMs: 10_000,
} as const;

describe('what curl is told on its standard input', () => {
  it('is one request, within its times', () => {
    expect(curlConfig(request).split('\n')).toEqual([
      'url = "https://203.0.113.42:9292/api/health"',
      'proto = "=https"',
      'noproxy = "*"',
      'globoff',
      'tlsv1.2',
      'http1.1',
      'cert = "admin"',
      'header = "accept: application/json"',
      'connect-timeout = "2.500"',
      'max-time = "10.000"',
      'include',
      'silent',
      'show-error',
      'write-out = "\\n%{http_code}\\t%{time_pretransfer}\\t%{time_starttransfer}"',
      '',
    ]);
  });

  it('has names from servers.json as names: no password after a colon, no option on a line of its own', () => {
    const config = curlConfig({ ...request, identityName: 'agent:fra1 \\ "x"' });
    expect(config).toContain(String.raw`cert = "agent\\:fra1 \\\\ \"x\""`);
    for (const identityName of ['admin\ninsecure', 'admin\0', 'admin\u0085'])
      expect(() => curlConfig({ ...request, identityName })).toThrow('control character');
  });

  it('is JSON as it is, without a question before it, and nothing of it ends the line', () => {
    const body = { csr: 'a "b"\n\u007f\\' };
    const config = curlConfig({ ...request, method: 'POST', body, cookie: 'session=x' });
    expect(config).toContain('request = "POST"\nheader = "cookie: session=x"\n');
    expect(config).toContain('header = "content-type: application/json"\nheader = "expect:"\n');
    const [, content = ''] = /^data-raw = "(.*)"$/m.exec(config) ?? [];
    expect(JSON.parse(content.replaceAll(/\\(.)/g, '$1'))).toEqual(body);
    expect(curlConfig({ ...request, method: 'POST' })).not.toMatch(/content-type|data/);
  });

  it('refuses a pin that is no certificate', () => {
    const trust = { kind: 'pinned', certificatePem: 'nothing' } as const;
    expect(() => curlConfig({ ...request, trust })).toThrow(
      'pinned for 203.0.113.42 cannot be read',
    );
  });
});
