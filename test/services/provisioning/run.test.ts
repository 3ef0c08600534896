import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import { STEP_IDS } from '../../../src/services/provisioning/records.js';
import { provisioningWorld } from '../../fixtures/provisioning.js';

describe('a provisioning', () => {
  it('ends with a server online, the certificate here, and nothing temporary left anywhere', async () => {
    const world = await provisioningWorld();
    expect(await world.run()).toBe('succeeded');
    const operation = await world.operation();
    expect(operation.steps.map(({ id, status }) => `${id} ${status}`)).toEqual(
      STEP_IDS.map((id) => `${id} done`),
    );
    expect(operation.leftovers).toEqual([]);

    const { droplets, keys, tags } = world.created();
    expect(droplets).toMatchObject([
      { name: 'portlama-fra1-edge', tags: ['portlama:managed'], panel: 'up', region: 'fra1' },
    ]);
    expect(keys).toEqual([]);
    expect(tags.map((tag) => tag.name)).toEqual(['portlama:managed']);
    const { service, account } = p12PasswordKey(world.request.serverId);
    expect([...world.keystore.secrets.keys()]).toEqual([`${service} ${account}`]);

    const [server] = await world.ports.registry.list();
    expect(server).toMatchObject({
      id: world.request.serverId,
      label: 'fra1-edge',
      active: true,
      provider: 'digitalocean',
      providerId: String(droplets[0]?.id),
      ip: droplets[0]?.address,
      panelUrl: `https://${droplets[0]?.address}:9292`,
      authMethod: 'p12',
    });
    expect((await readdir(join(world.home, 'servers', world.request.serverId))).sort()).toEqual([
      'client.p12',
      'host-key.pub',
      'panel.pem',
    ]);
  });

  it('leaves the droplet with other host keys than those of its user data, and no temporary key', async () => {
    const world = await provisioningWorld();
    await world.run();
    const [droplet] = world.created().droplets;
    const read = (path: string): string => world.sandbox.controls.readFile(droplet!.id, path) ?? '';
    const kept = await readFile(
      join(world.home, 'servers', world.request.serverId, 'host-key.pub'),
      'utf8',
    );
    expect(read('/etc/ssh/ssh_host_ed25519_key.pub')).toContain(kept.trim().split(' ')[1]);
    const { hostKey, publicKey } = await world.output('generate_ssh_key');
    expect(kept).not.toContain(hostKey.split(' ')[1]);
    expect(read('/root/.ssh/authorized_keys')).not.toContain(publicKey.split(' ')[1]);
  });

  it('stays within 60 calls of the API', async () => {
    const world = await provisioningWorld();
    await world.run();
    const calls = world.sandbox.calls.filter((call) => call.method !== 'CONNECT');
    expect(calls.length).toBeLessThanOrEqual(60);
  });
});
