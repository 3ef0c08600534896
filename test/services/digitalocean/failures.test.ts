import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/services/digitalocean/api-error.js';
import { createDigitalOcean } from '../../../src/services/digitalocean/client.js';
import {
  ANSWER_FAILURES,
  CONNECTION_FAILURES,
} from '../../../src/services/digitalocean/failures.js';
import { FakeClock } from './fake-clock.js';
import { connect, failureOf, TOKEN, useScriptedApi } from './harness.js';
import { fixture } from './scripted-api.js';

const context = useScriptedApi();
const DROPLET = {
  name: 'a',
  region: 'fra1',
  size: 's-1vcpu-512mb-10gb',
  image: 'ubuntu-24-04-x64',
  sshKeyIds: [1],
  tags: [],
  userData: '',
};

describe('a refusal of DigitalOcean', () => {
  it.each([
    ['error-422-droplet-limit.json', 'droplet-limit', false],
    ['error-422-size-region.json', 'size-unavailable', false],
    ['error-422-size-invalid.json', 'size-unavailable', false],
    ['error-422-region-invalid.json', 'region-unavailable', false],
    ['error-422-region-unavailable.json', 'region-unavailable', false],
    ['error-422-image-invalid.json', 'image-unavailable', false],
    ['error-422-name.json', 'name-invalid', false],
    ['error-422-ssh-key-unknown.json', 'ssh-key-unknown', true],
    ['error-422-ssh-key-duplicate.json', 'ssh-key-in-use', false],
    ['error-422-ssh-key-invalid.json', 'ssh-key-invalid', false],
    ['error-422-pending-event.json', 'pending-event', true],
    ['error-422-account-finalizing.json', 'account-finalizing', true],
  ])('is understood: %s', async (file, code, retryable) => {
    const body = fixture(file) as { id: string; message: string; request_id?: string };
    context.server.reply({ status: 422, body });
    const error = await failureOf(connect(context.server.url).api.createDroplet(DROPLET));
    expect(error).toMatchObject({
      code,
      retryable,
      status: 422,
      apiId: 'unprocessable_entity',
      apiMessage: body.message,
      requestId: body.request_id,
      isCertainlyRefused: true,
    });
    expect(error.message).toContain('Could not create the droplet: ');
    expect(error.message).toContain(body.message.replace(/\.$/, ''));
    expect(error.hint).toBeTruthy();
    expect(context.server.received).toHaveLength(1);
  });

  it.each([
    'Update your billing details',
    'A payment method is required',
    'This account is locked',
  ])('for money is understood: %s', async (message) => {
    for (const status of [402, 403, 422]) {
      context.server.reply({ status, body: { id: 'x', message } });
      const error = await failureOf(connect(context.server.url).api.createDroplet(DROPLET));
      expect(error).toMatchObject({ code: 'account-blocked', status });
    }
  });

  it('for a missing scope names it', async () => {
    context.server.reply({ status: 403, body: fixture('error-403-scope.json') });
    const { api } = connect(context.server.url);
    expect((await failureOf(api.createDroplet(DROPLET))).hint).toContain('droplet:create');
    expect((await failureOf(api.listDroplets({ tag: 'a' }))).hint).toContain('tag:read');
    const error = await failureOf(api.deleteSshKey(1));
    expect(error).toMatchObject({
      code: 'scope-missing',
      apiId: 'forbidden',
      requestId: '4d9d8375-3c56-4925-a3e7-eb137fed17e9',
    });
    expect(error.hint).toContain('ssh_key:delete');
  });

  it('takes the request id from the header when the body has none', async () => {
    context.server.reply({
      status: 422,
      body: { id: 'unprocessable_entity', message: 'Something new' },
      headers: { 'x-request-id': 'from-header' },
    });
    const error = await failureOf(connect(context.server.url).api.createDroplet(DROPLET));
    expect(error).toMatchObject({ code: 'request-refused', requestId: 'from-header' });
    expect(error.hint).toContain('from-header');
  });

  it('cannot write to the terminal or fill the screen', async () => {
    const message = `\u{1b}[2J\u{9b}31mbad\r\n\u{202e}${'x'.repeat(5000)}`;
    context.server.reply({ status: 422, body: { id: 'a\u{7}b', message } });
    const error = await failureOf(connect(context.server.url).api.createDroplet(DROPLET));
    expect(`${error.message}${error.hint}${error.apiId}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(error.message).toContain('bad xxx');
    expect(error.message.length).toBeLessThan(500);
  });
});

describe('a connection that fails', () => {
  const lookupFailing = (code: string) =>
    connect('https://api.example.com', {
      retryBudgetMs: 700,
      lookup: (_, __, callback) => callback(Object.assign(new Error(code), { code }), '', 4),
    });

  it.each(['ENOTFOUND', 'EAI_AGAIN'])('for its name is told so: %s', async (code) => {
    const { api, retries } = lookupFailing(code);
    const error = await failureOf(api.createDroplet(DROPLET));
    expect(error).toMatchObject({ code: 'dns-failed', isCertainlyRefused: true });
    expect(error.message).toContain('api.example.com');
    expect(error.message).toContain(code);
    expect(retries).toHaveLength(1);
  });

  it('for its certificate is told so, and nothing was sent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portlama-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const files = ['-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', ...kind, ...subject, ...files], { stdio: 'pipe' });
    let requests = 0;
    const server = createTlsServer(
      { key: readFileSync(key), cert: readFileSync(cert) },
      (_, response) => {
        requests += 1;
        response.end();
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const { api, retries } = connect(`https://127.0.0.1:${port}`);
      const error = await failureOf(api.createDroplet(DROPLET));
      expect(error).toMatchObject({
        code: 'tls-failed',
        isCertainlyRefused: true,
        retryable: false,
      });
      expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
      expect(retries).toEqual([]);
      expect(requests).toBe(0);
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('in the TLS handshake never sent the create', async () => {
    const { api, retries } = connect(context.server.url.replace('http:', 'https:'), {
      retryBudgetMs: 300,
    });
    const error = await failureOf(api.createDroplet(DROPLET));
    expect(error.isCertainlyRefused).toBe(true);
    expect(error.code).not.toBe('answer-lost');
    expect(retries.length).toBeLessThanOrEqual(1);
    expect(context.server.received).toEqual([]);
  });

  it.each([
    ['ECONNRESET', 'connection-lost'],
    ['EPIPE', 'connection-lost'],
    ['ECONNREFUSED', 'connection-refused'],
    ['ENETUNREACH', 'network-unreachable'],
    ['EHOSTUNREACH', 'network-unreachable'],
    ['ETIMEDOUT', 'timed-out'],
    ['CERT_HAS_EXPIRED', 'tls-failed'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-failed'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-failed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-failed'],
    ['HPE_INVALID_CONSTANT', 'answer-unreadable'],
  ])('with %s counts as %s', (systemCode, code) => {
    expect(CONNECTION_FAILURES.find((kind) => kind.systemCode.test(systemCode))?.code).toBe(code);
  });
});

describe('the tables', () => {
  it('have something to say and to do for everything', () => {
    for (const { reason, hint } of [...ANSWER_FAILURES, ...CONNECTION_FAILURES]) {
      expect(reason).not.toMatch(/\.$|^$/);
      expect(hint).toMatch(/\.$/);
    }
    for (let status = 300; status < 1000; status += 1)
      expect(
        ANSWER_FAILURES.some(({ statuses: [first, last] }) => first <= status && status <= last),
      ).toBe(true);
  });
});

describe('the token', () => {
  const seen = (thing: unknown): string =>
    inspect(thing, { depth: Infinity, showHidden: true, getters: true }) +
    String((thing as Error).stack) +
    JSON.stringify(thing);

  it('is in no error, whatever goes wrong', async () => {
    const { api, calls, retries } = connect(context.server.url, {
      retryBudgetMs: 0,
      timeouts: { response: 100 },
    });
    const echo = { id: TOKEN, message: `Bearer ${TOKEN} is wrong`, request_id: TOKEN };
    const headers = { 'x-request-id': TOKEN };
    const errors: unknown[] = [];
    for (const reply of [
      ...[401, 403, 404, 422, 429, 500].map((status) => ({ status, body: echo, headers })),
      { status: 502, raw: `<html>${TOKEN}</html>`, headers },
      { status: 200, raw: `{"${TOKEN}":"${TOKEN}"`, headers },
      { status: 200, raw: JSON.stringify({ account: { email: { [TOKEN]: TOKEN } } }), headers },
      { status: 302, raw: '', headers: { location: `http://x/${TOKEN}` } },
      { cut: true as const },
      { hang: true as const },
    ]) {
      context.server.reply(reply);
      errors.push(await failureOf(api.getAccount()));
      errors.push(await failureOf(api.createDroplet(DROPLET)));
    }
    const aborted = api.getAccount(AbortSignal.timeout(20));
    errors.push(await aborted.catch((error: unknown) => error));
    expect(errors.length).toBeGreaterThan(20);
    for (const thing of [...errors, calls, retries, api]) expect(seen(thing)).not.toContain(TOKEN);
    expect(errors.some((error) => error instanceof ApiError && error.cause !== undefined)).toBe(
      false,
    );
  });

  it.each(['', 'a b', 'a\nb', 'tökén', 'a\u0000'])(
    'is refused before it is used when no header can hold it: %j',
    (token) => {
      const make = () =>
        createDigitalOcean({ baseUrl: context.server.url, token, clock: new FakeClock() });
      expect(make).toThrow(expect.objectContaining({ code: 'token-malformed' }));
    },
  );
});
