import { describe, expect, it } from 'vitest';
import { curlConfig } from '../../../src/services/panel/curl-panel-client.js';

const request = {
  panelUrl: 'https://203.0.113.42:9292',
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
      'silent',
      'show-error',
      'write-out = "\\n%{http_code}\\t%{content_type}\\t%{time_pretransfer}\\t%{time_starttransfer}"',
      '',
    ]);
  });

  it('has names from servers.json as names: no password after a colon, no option on a line of its own', () => {
    const config = curlConfig({ ...request, identityName: 'agent:fra1 \\ "x"' });
    expect(config).toContain(String.raw`cert = "agent\\:fra1 \\\\ \"x\""`);
    for (const identityName of ['admin\ninsecure', 'admin\0', 'admin\u0085'])
      expect(() => curlConfig({ ...request, identityName })).toThrow('control character');
  });

  it('refuses a pin that is no certificate', () => {
    const trust = { kind: 'pinned', certificatePem: 'nothing' } as const;
    expect(() => curlConfig({ ...request, trust })).toThrow(
      'pinned for 203.0.113.42 cannot be read',
    );
  });
});
