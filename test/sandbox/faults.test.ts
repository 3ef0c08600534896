import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import type { ApiFaultInput } from '../../src/sandbox/faults/api-faults.js';
import { type Sandbox, startSandbox } from '../fixtures/open-sandbox.js';
import { SANDBOX_TOKEN } from '../../src/sandbox/folder.js';
import { connectProxyDial } from '../../src/services/network/dial.js';
import { dropletRequest } from './checked-api.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ delays: NO_DELAYS });
});
afterEach(() => sandbox.close());

/** What a caller sees, in a few words. */
async function call(method = 'GET', path = '/v2/account', body?: object): Promise<string> {
  try {
    const response = await fetch(`${sandbox.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${SANDBOX_TOKEN}` },
      signal: AbortSignal.timeout(1000),
      ...(body && { body: JSON.stringify(body) }),
    });
    const retry = response.headers.get('retry-after');
    const text = await response.text();
    const form = text.startsWith('<html')
      ? 'html'
      : text === '' || isJson(text)
        ? 'json'
        : 'broken';
    return [response.status, form, ...(retry === null ? [] : [`retry ${retry}`])].join(' ');
  } catch (error) {
    const { name, cause } = error as { name: string; cause?: { code?: string } };
    return name === 'TimeoutError' ? 'no answer' : (cause?.code ?? name);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('faults of the API', () => {
  it.each<[ApiFaultInput, string]>([
    [{ kind: 'status', status: 429, retryAfterSeconds: 3 }, '429 json retry 3'],
    [{ kind: 'status', status: 500 }, '500 json'],
    [{ kind: 'sample', sample: 'error-429-hourly' }, '429 json'],
    [{ kind: 'sample', sample: 'error-422-account-finalizing' }, '422 json'],
    [{ kind: 'html' }, '502 html'],
    [{ kind: 'reset' }, 'ECONNRESET'],
    [{ kind: 'hang' }, 'no answer'],
    [{ kind: 'truncated' }, '200 broken'],
    [{ kind: 'cut' }, 'UND_ERR_SOCKET'],
    [{ kind: 'slow', delayMs: 10 }, '200 json'],
  ])('%j', async (fault, seen) => {
    sandbox.controls.addFault(fault);
    expect(await call()).toBe(seen);
    expect(sandbox.calls.at(-1)?.fault).toBe(fault.kind);
    expect(await call()).toBe('200 json');
  });

  it('gives values of the wrong types', async () => {
    sandbox.controls.addFault({ kind: 'wrong-type' });
    const response = await fetch(`${sandbox.url}/v2/account`, {
      headers: { authorization: `Bearer ${SANDBOX_TOKEN}` },
    });
    expect(await response.json()).toEqual({ account: 'text' });
  });

  it.each([
    [{ kind: 'reset' }, 'ECONNRESET'],
    [{ kind: 'status', status: 500 }, '500 json'],
    [{ kind: 'html' }, '502 html'],
    [{ kind: 'hang' }, 'no answer'],
  ] as const)('%j before and after the server acted', async (fault, seen) => {
    const create = async (acts: boolean): Promise<number> => {
      const match = { method: 'POST', path: '/v2/droplets' };
      sandbox.controls.addFault({ ...fault, acts, match });
      expect(await call('POST', '/v2/droplets', dropletRequest())).toBe(seen);
      return sandbox.state().droplets.filter(({ team }) => team === 'sandbox').length;
    };
    expect(await create(false)).toBe(0);
    expect(await create(true)).toBe(1);
  });

  it('hit what they match, as often as they say', async () => {
    sandbox.controls.addFault({
      kind: 'status',
      status: 503,
      match: { method: 'GET', path: '/v2/droplets/*' },
      times: 2,
    });
    expect(await call('GET', '/v2/droplets')).toBe('200 json');
    expect(await call('DELETE', '/v2/droplets/1')).toBe('404 json');
    expect(await call('GET', '/v2/droplets/1')).toBe('503 json');
    expect(await call('GET', '/v2/droplets/2?x=1')).toBe('503 json');
    expect(await call('GET', '/v2/droplets/1')).toBe('404 json');
  });

  it('hit the nth call, or every one until they are cleared', async () => {
    sandbox.controls.addFault({ kind: 'status', status: 503, match: { nth: 3 }, times: 'forever' });
    const seen = [await call(), await call(), await call(), await call()];
    expect(seen).toEqual(['200 json', '200 json', '503 json', '503 json']);
    sandbox.controls.clearFaults();
    expect(await call()).toBe('200 json');
  });

  it('hit the proxy only when it is named', async () => {
    const dial = connectProxyDial(sandbox.url);
    const reach = () => dial('fra1.digitaloceanspaces.com', 443, { timeoutMs: 2000 });
    sandbox.controls.addFault({ kind: 'html', times: 'forever' });
    (await reach()).destroy();
    sandbox.controls.addFault({
      kind: 'unreachable',
      code: 'EHOSTUNREACH',
      match: { method: 'CONNECT', path: '*:443' },
    });
    await expect(reach()).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    (await reach()).destroy();
  });

  it('are refused when they make no sense', () => {
    expect(() => sandbox.controls.addFault({ kind: 'status', status: 200 })).toThrow();
  });
});
