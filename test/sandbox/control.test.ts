import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandboxControl } from '../fixtures/sandbox-control.js';
import { createSandboxKeystore } from '../../src/sandbox/client/sandbox-client.js';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { type Sandbox, startSandbox } from '../fixtures/open-sandbox.js';
import { systemClock } from '../../src/core/time.js';
import { SANDBOX_TOKEN } from '../../src/sandbox/folder.js';
import { createDigitalOcean } from '../../src/services/digitalocean/client.js';
import { connectProxyDial } from '../../src/services/network/dial.js';
import { p12PasswordKey, TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { checkedApi } from './checked-api.js';

let sandbox: Sandbox;
let folder: string;
let socketPath: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portlama-control-'));
  socketPath = join(folder, 'socket');
  sandbox = await startSandbox({ delays: NO_DELAYS, socketPath });
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

describe('the credential store', () => {
  it('keeps, gives back and forgets', async () => {
    const store = createSandboxKeystore(socketPath);
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

  it('is behind a socket for this user alone, and not behind the port', async () => {
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
    for (const path of ['control', 'attach', 'keystore?service=a&account=b']) {
      const headers = { authorization: `Bearer ${sandbox.token}` };
      const response = await fetch(`${sandbox.url}/sandbox/${path}`, { headers });
      expect([path, response.status]).toEqual([path, 404]);
    }
  });

  it('says so when the sandbox is gone', async () => {
    const path = join(folder, 'other');
    const other = await startSandbox({ delays: NO_DELAYS, socketPath: path });
    const store = createSandboxKeystore(path);
    await other.close();
    await expect(store.get(TOKEN_KEY)).rejects.toMatchObject({ code: 'sandbox-gone' });
  });
});

describe('control from another process', () => {
  it('adds unlisted droplets, takes tags away, makes droplets vanish', async () => {
    const control = createSandboxControl(socketPath);
    const id = Number(
      await control.perform({
        action: 'addUnlisted',
        name: 'unlisted',
        tags: ['portlama:managed'],
      }),
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

  it('breaks connections off over the socket too, and goes on', async () => {
    const control = createSandboxControl(socketPath);
    const dropletId = Number(await control.perform({ action: 'addUnlisted', name: 'broken-off' }));
    const { droplets } = await control.state();
    const { address } = droplets.find(({ id }) => id === dropletId)!;
    const connection = await connectProxyDial({ socketPath })(address, 22, { timeoutMs: 5000 });
    const closed = new Promise((done) => connection.on('close', done));
    connection.resume();
    await control.perform({ action: 'dropConnections', dropletId });
    await closed;
    const match = { path: '/v2/account' };
    await control.perform({ action: 'addFault', fault: { kind: 'reset', match } });
    const api = createDigitalOcean({
      baseUrl: sandbox.url,
      token: SANDBOX_TOKEN,
      clock: systemClock,
      socketPath,
    });
    expect((await api.getAccount()).status).toBe('active');
    expect((await control.state()).calls['GET /v2/account']).toBeGreaterThanOrEqual(2);
  });

  it('sets faults, and refuses what it does not know', async () => {
    const control = createSandboxControl(socketPath);
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
    const { calls } = await createSandboxControl(socketPath).state();
    expect(calls['GET /v2/droplets/{id}']).toBeGreaterThan(0);
    expect(JSON.stringify(sandbox.calls)).not.toContain('dop_v1_');
  });
});
