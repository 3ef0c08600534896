import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { type Sandbox, startSandbox } from '../fixtures/open-sandbox.js';
import { generateSshKeyPair } from '../../src/services/ssh/keys.js';
import { type CheckedApi, checkedApi, dropletRequest } from './checked-api.js';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { ManualClock } from '../fixtures/manual-clock.js';

describe('the life of a droplet', () => {
  const clock = new ManualClock();
  let sandbox: Sandbox;
  let api: CheckedApi;

  beforeEach(async () => {
    const delays = {
      ...NO_DELAYS,
      dropletReadableMs: 100,
      dropletTaggedMs: 200,
      dropletListedMs: 1000,
      bootMs: 2000,
      addressMs: 1000,
      deleteMs: 500,
    };
    sandbox = await startSandbox({ clock, delays });
    api = checkedApi(sandbox.url);
  });
  afterEach(() => sandbox.close());

  it('is invisible, new, active without address, private first, then public', async () => {
    const created = await api('POST', '/v2/droplets', dropletRequest());
    expect(created.status).toBe(202);
    const { id, status, networks } = created.body.droplet!;
    expect([status, networks.v4]).toEqual(['new', []]);
    const path = `/v2/droplets/${id}`;
    const look = async () => (await api('GET', path)).body.droplet;
    const types = async () => (await look())!.networks.v4.map((network) => network.type);

    expect((await api('GET', path)).status).toBe(404);
    clock.advance(100);
    expect(await look()).toMatchObject({ status: 'new', tags: [] });
    clock.advance(100);
    expect((await look())?.tags).toEqual(['portlama:managed', 'portlama:op:1']);
    expect((await api('GET', '/v2/droplets?tag_name=portlama:op:1')).body.droplets).toEqual([]);
    clock.advance(800);
    const listed = (await api('GET', '/v2/droplets?tag_name=portlama:op:1')).body.droplets;
    expect(listed?.map((droplet) => droplet.id)).toEqual([id]);
    const byName = (await api('GET', '/v2/droplets?name=Portlama-EDGE')).body.droplets;
    expect(byName?.length).toBe(1);
    clock.advance(1000);
    expect(await look()).toMatchObject({ status: 'active', networks: { v4: [] } });
    clock.advance(500);
    expect(await types()).toEqual(['private']);
    clock.advance(500);
    expect(await types()).toEqual(['private', 'public']);
    expect((await look())?.networks.v4[1]?.ip_address).toMatch(/^203\.0\.113\.\d+$/);
  });

  it('tells how its creation goes', async () => {
    const { body } = await api('POST', '/v2/droplets', dropletRequest());
    const action = body.links!.actions![0]!.id;
    clock.advance(100);
    const state = async () => (await api('GET', `/v2/actions/${action}`)).body.action?.status;
    expect(await state()).toBe('in-progress');
    clock.advance(2000);
    expect(await state()).toBe('completed');
    const own = await api('GET', `/v2/droplets/${body.droplet!.id}/actions/${action}`);
    expect(own.body.action?.type).toBe('create');
    const all = await api('GET', `/v2/droplets/${body.droplet!.id}/actions`);
    expect(all.body.actions?.length).toBe(1);
  });

  it('goes some time after it was deleted', async () => {
    const id = (await api('POST', '/v2/droplets', dropletRequest())).body.droplet!.id;
    const path = `/v2/droplets/${id}`;
    clock.advance(100);
    const early = await api('DELETE', path);
    expect([early.status, early.body.message]).toEqual([
      422,
      'Droplet already has a pending event.',
    ]);
    clock.advance(3000);
    const deleted = await api('DELETE', path);
    expect(deleted.status).toBe(204);
    expect(deleted.headers.get('content-type')).toContain('application/json');
    expect((await api('GET', path)).status).toBe(200);
    clock.advance(500);
    expect((await api('GET', path)).status).toBe(404);
    expect((await api('DELETE', path)).status).toBe(404);
    expect((await api('GET', '/v2/droplets')).body.droplets).toEqual([]);
  });

  it('never exists with user data that is not ASCII', async () => {
    const request = dropletRequest({ user_data: '#cloud-config\n# für\n' });
    const { status, body } = await api('POST', '/v2/droplets', request);
    expect(status).toBe(202);
    clock.advance(100);
    expect((await api('GET', `/v2/droplets/${body.droplet!.id}`)).status).toBe(200);
    clock.advance(5000);
    expect((await api('GET', `/v2/droplets/${body.droplet!.id}`)).status).toBe(404);
  });

  it('can be turned off and on', async () => {
    const id = (await api('POST', '/v2/droplets', dropletRequest())).body.droplet!.id;
    clock.advance(3000);
    const status = async () => (await api('GET', `/v2/droplets/${id}`)).body.droplet?.status;
    const act = async (type: string) => await api('POST', `/v2/droplets/${id}/actions`, { type });
    expect((await act('power_off')).status).toBe(201);
    expect(await status()).toBe('off');
    expect((await act('power_on')).status).toBe(201);
    expect(await status()).toBe('active');
  });

  it('is busy while an action is under way, and takes a smaller disk never', async () => {
    await sandbox.close();
    sandbox = await startSandbox({ clock, delays: { ...NO_DELAYS, actionMs: 1000 } });
    api = checkedApi(sandbox.url);
    const request = dropletRequest({ size: 's-1vcpu-1gb' });
    const id = (await api('POST', '/v2/droplets', request)).body.droplet!.id;
    const path = `/v2/droplets/${id}/actions`;
    const resize = { type: 'resize', size: 's-1vcpu-512mb-10gb', disk: false };
    expect((await api('POST', path, resize)).body.message).toBe(
      'This Droplet must be powered off.',
    );
    const off = await api('POST', path, { type: 'shutdown' });
    expect(off.body.action).toMatchObject({ status: 'in-progress', type: 'shutdown' });
    const busy = await api('POST', path, { type: 'power_on' });
    expect([busy.status, busy.body.message]).toEqual([422, 'Droplet already has a pending event.']);
    clock.advance(1000);
    const { action } = (await api('GET', `${path}/${off.body.action!.id}`)).body;
    expect(action?.status).toBe('completed');
    expect((await api('POST', path, resize)).body.message).toContain('smaller disk');
  });

  it('leaves snapshots, and reserved addresses that nothing has', async () => {
    const id = sandbox.controls.addUnlisted({ name: 'portlama-lab' });
    sandbox.controls.addSnapshot(id, 'portlama-lab-1', 2.34);
    sandbox.controls.addReservedAddress('203.0.113.9');
    sandbox.controls.addReservedAddress('203.0.113.8', id);
    sandbox.controls.vanish(id);
    const { snapshots } = (await api('GET', '/v2/snapshots?resource_type=droplet')).body;
    expect(snapshots).toMatchObject([{ name: 'portlama-lab-1', resource_id: String(id) }]);
    const refused = await api('GET', '/v2/reserved_ips');
    expect(refused.status).toBe(403);
    const { token } = SANDBOX_TOKENS.fullAccess;
    const { reserved_ips: addresses } = (await api('GET', '/v2/reserved_ips', undefined, { token }))
      .body;
    expect(addresses?.map(({ ip }) => ip)).toEqual(['203.0.113.9', '203.0.113.8']);
  });

  it('accepts a key some time after it was added', async () => {
    await sandbox.close();
    sandbox = await startSandbox({ clock, delays: { ...NO_DELAYS, keyUsableMs: 1000 } });
    api = checkedApi(sandbox.url);
    const { publicKey } = generateSshKeyPair('test');
    const added = await api('POST', '/v2/account/keys', { name: 'n', public_key: publicKey });
    const id = added.body.ssh_key!.id;
    const refused = await api('POST', '/v2/droplets', dropletRequest({ ssh_keys: [id] }));
    expect(refused.body.message).toBe(`${id} are invalid key identifiers for Droplet creation.`);
    clock.advance(1000);
    expect((await api('POST', '/v2/droplets', dropletRequest({ ssh_keys: [id] }))).status).toBe(
      202,
    );
  });
});
