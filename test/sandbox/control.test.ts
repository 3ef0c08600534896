import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandboxControl } from '../../src/sandbox/client/sandbox-control.js';
import { createSandboxKeystore } from '../../src/sandbox/client/sandbox-keystore.js';
import { NO_DELAYS } from '../../src/sandbox/delays.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.js';
import { directDial } from '../../src/services/network/direct-dial.js';
import { p12PasswordKey, TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { checkedApi } from './checked-api.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ delays: NO_DELAYS });
});
afterAll(() => sandbox.close());

describe('the credential store', () => {
  it('keeps, gives back and forgets', async () => {
    const store = createSandboxKeystore(sandbox.url, sandbox.secret);
    const key = p12PasswordKey('a/b?c');
    await store.probe();
    expect(await store.get(key)).toBeUndefined();
    await store.set(key, 'päss\nword');
    await store.set(TOKEN_KEY, 'token');
    expect(await store.get(key)).toBe('päss\nword');
    expect(sandbox.state().secrets).toEqual([key, TOKEN_KEY]);
    expect(JSON.stringify(sandbox.state())).not.toContain('word');
    expect(await store.delete(key)).toBe(true);
    expect(await store.delete(key)).toBe(false);
    expect(await store.get(key)).toBeUndefined();
    expect([store.kind, store.title]).toEqual(['sandbox', 'Sandbox store (memory only)']);
  });

  it('opens only for those who know the secret', async () => {
    const stranger = createSandboxKeystore(sandbox.url, 'guess');
    await expect(stranger.get(TOKEN_KEY)).rejects.toMatchObject({ code: 'sandbox-refused' });
    const bare = await fetch(`${sandbox.url}/sandbox/control`);
    expect(bare.status).toBe(401);
  });

  it('is not reached from elsewhere: only the loopback address listens', async () => {
    const port = Number(new URL(sandbox.url).port);
    // The same interface under another address: what listens everywhere would answer there too.
    await expect(directDial('127.0.0.2', port, { timeoutMs: 2_000 })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('says so when the sandbox is gone', async () => {
    const other = await startSandbox({ delays: NO_DELAYS });
    const store = createSandboxKeystore(other.url, other.secret);
    await other.close();
    await expect(store.get(TOKEN_KEY)).rejects.toMatchObject({ code: 'sandbox-gone' });
  });
});

describe('control from another process', () => {
  it('adds strays, takes tags away, makes droplets vanish', async () => {
    const control = createSandboxControl(sandbox.url, sandbox.secret);
    const id = Number(
      await control.perform({ action: 'addStray', name: 'stray', tags: ['portlama:managed'] }),
    );
    const find = async () => (await control.state()).droplets.find((droplet) => droplet.id === id);
    expect(await find()).toMatchObject({ status: 'active', tags: ['portlama:managed'] });
    const api = checkedApi(sandbox.url);
    const listed = await api('GET', '/v2/droplets?tag_name=portlama:managed');
    expect(listed.body.droplets?.map((droplet) => droplet.id)).toEqual([id]);
    await control.perform({ action: 'removeTag', dropletId: id, tag: 'portlama:managed' });
    expect((await find())?.tags).toEqual([]);
    await control.perform({ action: 'setPower', dropletId: id, on: false });
    expect((await find())?.status).toBe('off');
    await control.perform({ action: 'vanish', dropletId: id });
    expect(await find()).toBeUndefined();
    expect((await api('GET', `/v2/droplets/${id}`)).status).toBe(404);
  });

  it('sets faults, and refuses what it does not know', async () => {
    const control = createSandboxControl(sandbox.url, sandbox.secret);
    await control.perform({ action: 'addFault', fault: { kind: 'status', status: 500 } });
    const api = checkedApi(sandbox.url);
    expect((await api('GET', '/v2/account')).status).toBe(500);
    expect((await api('GET', '/v2/account')).status).toBe(200);
    await expect(control.perform({ action: 'vanish', dropletId: 1 })).rejects.toMatchObject({
      code: 'sandbox-refused',
    });
  });

  it('counts the calls that were made, and keeps no token', async () => {
    await checkedApi(sandbox.url)('GET', '/v2/droplets/17');
    const { calls } = await createSandboxControl(sandbox.url, sandbox.secret).state();
    expect(calls['GET /v2/droplets/{id}']).toBeGreaterThan(0);
    expect(JSON.stringify(sandbox.calls)).not.toContain('dop_v1_');
  });
});
