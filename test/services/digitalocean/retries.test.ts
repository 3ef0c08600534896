import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isAbort } from '../../../src/core/errors.js';
import { systemClock } from '../../../src/core/time.js';
import type { CreateDropletRequest } from '../../../src/services/digitalocean/api.js';
import { FakeClock } from './fake-clock.js';
import { connect, failureOf, useScriptedApi } from './harness.js';
import { fixture, type Reply } from './scripted-api.js';

const context = useScriptedApi();
const ACCOUNT: Reply = { status: 200, body: fixture('account.json') };
const BURST = fixture('error-429-burst.json');
const HOURLY = fixture('error-429-hourly.json');
const SERVER_ERROR: Reply = { status: 500, body: fixture('error-500.json') };
const HTML_502: Reply = {
  status: 502,
  raw: '<html><title>502 Bad Gateway</title></html>',
  headers: { 'content-type': 'text/html' },
};
const TRUNCATED: Reply = { status: 200, raw: '{"account":{"email":"sam' };
const WRONG_TYPE: Reply = { status: 200, raw: '{"account":{"email":5}}' };
const CUT_IN_BODY: Reply = {
  cut: true,
  afterBytes: 'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"account":',
};
const GARBAGE: Reply = { cut: true, afterBytes: 'SSH-2.0-OpenSSH_9.6\r\n' };
const SHORT = { response: 150, read: 150 };

const DROPLET: CreateDropletRequest = {
  name: 'a',
  region: 'fra1',
  size: 's-1vcpu-512mb-10gb',
  image: 'ubuntu-24-04-x64',
  sshKeyIds: [1],
  tags: ['a'],
  userData: '',
};

const FAULTS: readonly (readonly [string, Reply, string])[] = [
  ['a burst limit', { status: 429, body: BURST, headers: { 'retry-after': '2' } }, 'rate-limited'],
  ['a limit that says nothing', { status: 429, body: HOURLY }, 'rate-limited'],
  ['500', SERVER_ERROR, 'server-error'],
  ['502 with a web page', HTML_502, 'gateway-error'],
  ['503 of DigitalOcean', { ...SERVER_ERROR, status: 503 }, 'server-error'],
  ['504 of a proxy', { ...HTML_502, status: 504 }, 'gateway-error'],
  ['truncated JSON', TRUNCATED, 'answer-unreadable'],
  ['the wrong type', WRONG_TYPE, 'answer-unreadable'],
  ['a web page', { status: 200, raw: '<html></html>' }, 'answer-unreadable'],
  ['an empty answer', { status: 200, raw: '' }, 'answer-unreadable'],
  ['no HTTP', GARBAGE, 'answer-unreadable'],
  ['a reset before the answer', { cut: true }, 'connection-lost'],
  ['a reset in the answer', CUT_IN_BODY, 'connection-lost'],
  ['no answer', { hang: true }, 'timed-out'],
];

describe('a read', () => {
  it.each(FAULTS)('is tried again after %s', async (_, fault, code) => {
    const { api, retries, clock } = connect(context.server.url, { timeouts: SHORT });
    context.server.reply(fault, ACCOUNT);
    expect(await api.getAccount()).toMatchObject({ dropletLimit: 25 });
    expect(context.server.received).toHaveLength(2);
    expect(retries).toHaveLength(1);
    expect(retries[0]).toMatchObject({ method: 'GET', path: '/v2/account' });
    expect(retries[0]!.reason).not.toBe('');
    expect(clock.sleeps).toEqual([retries[0]!.waitMs]);
    expect(code).not.toBe('');
  });

  it.each(FAULTS.filter(([, fault]) => !('hang' in fault)))(
    'gives up in the end for %s, within its budget',
    async (_, fault, code) => {
      const { api, clock } = connect(context.server.url, { retryBudgetMs: 20_000 });
      context.server.reply(fault);
      const error = await failureOf(api.getAccount());
      expect(error.code).toBe(code);
      expect(error.retryable).toBe(true);
      expect(error.hint).not.toBe('');
      expect(context.server.received.length).toBeGreaterThan(3);
      expect(clock.monotonic()).toBeLessThanOrEqual(20_000);
    },
  );

  it('waits longer each time, up to a limit, with chance in it', async () => {
    const { api, clock } = connect(context.server.url);
    context.server.reply(SERVER_ERROR);
    await failureOf(api.getAccount());
    expect(clock.sleeps.slice(0, 8)).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
    const lucky = connect(context.server.url, { random: () => 0 });
    await failureOf(lucky.api.getAccount());
    expect(lucky.clock.sleeps.slice(0, 4)).toEqual([125, 250, 500, 1000]);
  });

  it('does not ask an answer that stays unreadable for the whole budget', async () => {
    const { api } = connect(context.server.url);
    context.server.reply(WRONG_TYPE);
    const error = await failureOf(api.getAccount());
    expect(error.message).toContain('account.email: expected string');
    expect(context.server.received).toHaveLength(5);
  });

  it.each([
    [400, 'request-refused'],
    [401, 'token-invalid'],
    [403, 'scope-missing'],
    [407, 'proxy-login-needed'],
    [422, 'request-refused'],
  ])('is not tried again after %d', async (status, code) => {
    const { api, retries } = connect(context.server.url);
    context.server.reply({ status, raw: 'no' });
    expect(await failureOf(api.getAccount())).toMatchObject({ code, status, retryable: false });
    expect(context.server.received).toHaveLength(1);
    expect(retries).toEqual([]);
  });

  it('follows no redirect', async () => {
    const { api } = connect(context.server.url);
    for (const status of [301, 302, 303, 307, 308]) {
      context.server.received.length = 0;
      const location = `${context.server.url}v2/droplets`;
      context.server.reply({ status, raw: '', headers: { location } });
      expect(await failureOf(api.getAccount())).toMatchObject({ code: 'redirected', status });
      expect(context.server.received).toHaveLength(1);
    }
  });

  it('does not read an endless answer into memory', async () => {
    const { api } = connect(context.server.url, { retryBudgetMs: 0 });
    const body = { ...(fixture('account.json') as object), more: 'y'.repeat(17 * 1024 * 1024) };
    context.server.reply({ status: 200, raw: JSON.stringify(body) });
    expect(await failureOf(api.getAccount())).toMatchObject({ code: 'answer-unreadable' });
  });
});

describe('a rate limit', () => {
  const start = Date.UTC(2026, 9, 26);
  const limited = (headers: Record<string, string>): Reply => ({
    status: 429,
    body: BURST,
    headers,
  });

  it.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['a fraction of seconds', { 'retry-after': '0.5' }, 500],
    ['no time at all', { 'retry-after': '0' }, 250],
    [
      'a date',
      { 'retry-after': new Date(start + 9000).toUTCString(), date: new Date(start).toUTCString() },
      9000,
    ],
    [
      'a date that is over',
      { 'retry-after': new Date(start - 9000).toUTCString(), date: new Date(start).toUTCString() },
      250,
    ],
    [
      'the time of its reset, by the server’s own clock',
      {
        'ratelimit-remaining': '0',
        'ratelimit-reset': String(start / 1000 + 12_345),
        date: new Date(start + 12_340_000).toUTCString(),
      },
      5000,
    ],
    [
      'a reset in the past',
      {
        'ratelimit-remaining': '0',
        'ratelimit-reset': '5',
        date: new Date(start).toUTCString(),
      },
      1000,
    ],
    ['nothing readable', { 'retry-after': 'soon', 'ratelimit-reset': 'x' }, 1000],
  ])('is waited out when it gives %s', async (_, headers, waitMs) => {
    const { api, retries } = connect(context.server.url);
    context.server.reply(limited(headers), ACCOUNT);
    await api.getAccount();
    expect(retries).toEqual([
      { method: 'GET', path: '/v2/account', reason: 'DigitalOcean is rate limiting', waitMs },
    ]);
  });

  it('is not waited for beyond the budget, but told', async () => {
    const { api, retries } = connect(context.server.url);
    context.server.reply({
      status: 429,
      body: HOURLY,
      headers: {
        'ratelimit-remaining': '0',
        'ratelimit-reset': String(start / 1000 + 1500),
        date: new Date(start).toUTCString(),
      },
    });
    const error = await failureOf(api.getAccount());
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 1_500_000 });
    expect(error.hint).toContain('25 min');
    expect(retries).toEqual([]);
    context.server.reply(limited({ 'retry-after': '61' }));
    expect((await failureOf(api.getAccount())).hint).toContain('61 s');
  });

  it('holds up a create as well, since it was not done', async () => {
    const { api, retries } = connect(context.server.url);
    context.server.reply(limited({ 'retry-after': '3' }), {
      status: 202,
      body: fixture('droplet-create-202.json'),
    });
    expect(await api.createDroplet(DROPLET)).toMatchObject({ status: 'new' });
    expect(retries).toMatchObject([{ method: 'POST', waitMs: 3000 }]);
    expect(context.server.received).toHaveLength(2);
  });
});

describe('a create', () => {
  const LOST = FAULTS.filter(([, , code]) => code !== 'rate-limited');

  it.each(LOST)('is never repeated after %s', async (_, fault) => {
    const { api, retries } = connect(context.server.url, { timeouts: SHORT });
    context.server.reply(fault, { status: 202, body: fixture('droplet-create-202.json') });
    const error = await failureOf(api.createDroplet(DROPLET));
    expect(error).toMatchObject({
      code: 'answer-lost',
      retryable: false,
      isCertainlyRefused: false,
    });
    expect(context.server.received).toHaveLength(1);
    expect(retries).toEqual([]);
  });

  it.each([
    ['createSshKey', (api: ReturnType<typeof connect>['api']) => api.createSshKey('a', 'b')],
    ['createDomain', (api: ReturnType<typeof connect>['api']) => api.createDomain('a.example')],
    [
      'createRecord',
      (api: ReturnType<typeof connect>['api']) =>
        api.createRecord('a.example', { type: 'A', name: '@', data: '203.0.113.1' }),
    ],
    ['createTag', (api: ReturnType<typeof connect>['api']) => api.createTag('a')],
    ['tagDroplet', (api: ReturnType<typeof connect>['api']) => api.tagDroplet('a', 1)],
  ])('of another kind is not either: %s', async (_, create) => {
    const { api } = connect(context.server.url);
    context.server.reply(SERVER_ERROR, { status: 204 });
    expect(await failureOf(create(api))).toMatchObject({ code: 'answer-lost', status: 500 });
    expect(context.server.received).toHaveLength(1);
  });

  it('is tried again when nobody listens, since it never arrived', async () => {
    const url = context.server.url.replace(String(context.server.port), '1');
    const { api, retries } = connect(url, { retryBudgetMs: 1000 });
    const error = await failureOf(api.createDroplet(DROPLET));
    expect(error).toMatchObject({ code: 'connection-refused', isCertainlyRefused: true });
    expect(retries.map(({ waitMs }) => waitMs)).toEqual([250, 500]);
  });
});

describe('a delete', () => {
  it('that was lost and finds nothing the next time did remove it', async () => {
    const { api } = connect(context.server.url);
    const gone: Reply = { status: 404, body: fixture('error-404-delete-again.json') };
    context.server.reply({ cut: true }, gone);
    expect(await api.deleteSshKey(1)).toBe(true);
    context.server.reply({ status: 429, body: BURST, headers: { 'retry-after': '1' } }, gone);
    expect(await api.deleteSshKey(1)).toBe(false);
    expect(context.server.received).toHaveLength(4);
  });
});

describe('an abort', () => {
  it('before the call sends nothing', async () => {
    const { api } = connect(context.server.url);
    context.server.reply(ACCOUNT);
    const error: unknown = await api
      .getAccount(AbortSignal.abort())
      .catch((thrown: unknown) => thrown);
    expect(isAbort(error)).toBe(true);
    expect(context.server.received).toEqual([]);
  });

  it('ends a call that waits for its answer', async () => {
    const { api, retries } = connect(context.server.url);
    const controller = new AbortController();
    context.server.route(() => {
      queueMicrotask(() => controller.abort());
      return { hang: true };
    });
    const error: unknown = await api
      .createDroplet(DROPLET, controller.signal)
      .catch((thrown: unknown) => thrown);
    expect(isAbort(error)).toBe(true);
    expect(retries).toEqual([]);
  });

  it('ends the wait before another try, and passes its own reason', async () => {
    const { api } = connect(context.server.url);
    const controller = new AbortController();
    const reason = new Error('enough');
    api.onRetry(() => controller.abort(reason));
    context.server.reply(SERVER_ERROR);
    await expect(api.listDroplets(undefined, controller.signal)).rejects.toBe(reason);
    expect(context.server.received).toHaveLength(1);
  });

  it('ends a wait that would not end by itself', async () => {
    const clock = new FakeClock();
    clock.sleep = async (_, signal) => await systemClock.sleep(1_000_000, signal);
    const { api } = connect(context.server.url, { clock });
    const controller = new AbortController();
    api.onRetry(() => setImmediate(() => controller.abort()));
    context.server.reply(SERVER_ERROR);
    const error: unknown = await api
      .getAccount(controller.signal)
      .catch((thrown: unknown) => thrown);
    expect(isAbort(error)).toBe(true);
  });

  it('leaves no listener on the signal after many calls', async () => {
    const { api } = connect(context.server.url);
    const { signal } = new AbortController();
    context.server.reply(ACCOUNT);
    for (let count = 0; count < 15; count += 1) await api.getAccount(signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
