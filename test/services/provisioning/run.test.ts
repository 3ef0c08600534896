import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import { stepsOf } from '../../../src/services/provisioning/steps/index.js';
import { timing } from '../../../src/services/provisioning/timing.js';
import { OTHER_CALLS, provisioningWorld } from '../../fixtures/provisioning.js';

describe('a provisioning', () => {
  it('ends with a server online, the certificate here, and nothing temporary left anywhere', async () => {
    const world = await provisioningWorld();
    expect(await world.run()).toBe('succeeded');
    const operation = await world.operation();
    expect(operation.steps.map(({ id, status }) => `${id} ${status}`)).toEqual(
      stepsOf({}).map(({ id }) => `${id} done`),
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
      'meta.json',
      'panel.pem',
    ]);
  });

  it('does not call a token valid whose scopes nobody could verify', async () => {
    const world = await provisioningWorld({ token: SANDBOX_TOKENS.scopesUnknown.token });
    expect(await world.run()).toBe('succeeded');
    const texts = (await world.records()).flatMap((record) =>
      record.event === 'log' && record.step === 'validate_token' ? [record.text] : [],
    );
    expect(texts).toEqual([
      expect.stringMatching(/^token is accepted for \S+, and not known to be sufficient$/),
      expect.stringMatching(/^These scopes could not be verified: droplet:create, .* Make sure/),
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

  it('keeps the password of the certificate out of the journal, even when the store repeats it', async () => {
    const world = await provisioningWorld();
    const { keystore, request } = world;
    const set = keystore.set.bind(keystore);
    keystore.set = async (key, secret) => {
      if (key.account === request.serverId) throw new Error(`cannot keep ${secret}`);
      await set(key, secret);
    };
    expect(await world.run()).toBe('failed');
    expect((await world.operation()).error?.message).toBe('cannot keep [redacted]');
  });

  it('is kept by a clean-up once its server is saved', async () => {
    const world = await provisioningWorld();
    await world.run();
    expect(await world.cleanUp()).toBe('succeeded');
    expect(world.created().droplets).toHaveLength(1);
    expect(await world.ports.registry.list()).toHaveLength(1);
  });

  it('keeps the server that is saved whatever its last step does, and names what is left', async () => {
    const normal = timing(0.01);
    const broken = { timing: { ...normal } };
    const world = await provisioningWorld({
      ports: broken,
      onEntry: (entry) => {
        if (entry.event !== 'step' || entry.step !== 'cleanup') return;
        Object.defineProperty(world.ports.timing, 'outageMs', {
          get: () => {
            throw new Error('a defect');
          },
        });
      },
    });
    expect(await world.run()).toBe('succeeded');
    expect(world.created().droplets).toHaveLength(1);
    expect(await world.ports.registry.list()).toHaveLength(1);
    expect((await world.operation()).leftovers.length).toBeGreaterThan(0);
  });

  it('makes nine calls of the API beside its looks at the booting droplet', async () => {
    const world = await provisioningWorld();
    await world.run();
    const calls = world.sandbox.calls.filter((call) => call.method !== 'CONNECT');
    // One look: this droplet is active at once. `boot.test.ts` bounds the looks, 60 calls in all.
    expect(calls.length).toBeLessThanOrEqual(OTHER_CALLS + 1);
  });
});
