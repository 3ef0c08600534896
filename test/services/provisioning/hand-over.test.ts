import { describe, expect, it } from 'vitest';
import { operationKey, p12PasswordKey } from '../../../src/services/keystore/keystore.js';
import { vaultError } from '../../../src/services/keystore/vault-error.js';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import type { JournalEntry } from '../../../src/services/provisioning/journal/records.js';
import { type ProvisioningWorld, provisioningWorld } from '../../fixtures/provisioning.js';

/** One whose server is saved, and whose droplet cannot be reached from then on. */
async function cutOffInCleanUp(): Promise<ProvisioningWorld> {
  let isCut = false;
  const world: ProvisioningWorld = await provisioningWorld({
    onEntry: (entry) => {
      if (!isCut && isCleanUpBegun(entry)) cutOff(world);
      isCut ||= isCleanUpBegun(entry);
    },
  });
  expect(await world.run()).toBe('succeeded');
  return world;
}

function isCleanUpBegun(entry: JournalEntry): boolean {
  return entry.event === 'step' && entry.step === 'cleanup' && entry.status === 'running';
}

function cutOff(world: ProvisioningWorld): void {
  const { controls } = world.sandbox;
  const match = { method: 'CONNECT', path: '*:22' };
  const fault = { kind: 'unreachable', code: 'ECONNREFUSED', match, times: 'forever' } as const;
  controls.addFault(fault);
  controls.dropConnections(world.created().droplets[0]!.id);
}

function keysOf({ keystore }: ProvisioningWorld): readonly string[] {
  return [...keystore.secrets.keys()].map((name) => name.split(' ')[0]!).sort();
}

async function leftOf(world: ProvisioningWorld): Promise<readonly string[]> {
  const { leftovers } = await world.operation();
  return leftovers.map(({ kind, id }) => `${kind} ${id}`);
}

const BOTH = [operationKey('').service, p12PasswordKey('').service];

async function expectAllNamed(world: ProvisioningWorld): Promise<void> {
  const { ip } = await world.output('wait_droplet');
  const { service, account } = operationKey(world.request.id);
  expect(await leftOf(world)).toEqual([
    `ssh-key authorized_keys on ${ip}`,
    `host-key host key of ${ip}`,
    `file /root/.portlama-install-${world.request.id} on ${ip}`,
    `credential ${service} ${account}`,
  ]);
  for (const { removeBy } of (await world.operation()).leftovers)
    expect(removeBy).toMatchObject({ command: 'operations.cleanup', id: world.request.id });
  expect(keysOf(world)).toEqual(BOTH);
}

describe('a hand-over that does not succeed', () => {
  it('keeps the temporary key, names what is left with it, and succeeds at the next clean-up', async () => {
    const world = await cutOffInCleanUp();
    expect((await world.operation()).status).toBe('succeeded');
    await expectAllNamed(world);
    // Nothing else waits for the way there.
    expect(world.created().keys).toEqual([]);
    world.sandbox.controls.clearFaults();
    expect(await world.cleanUp()).toBe('succeeded');
    expect(await leftOf(world)).toEqual([]);
    expect(keysOf(world)).toEqual([p12PasswordKey('').service]);
    const [droplet] = world.created().droplets;
    const { publicKey, hostKey } = await world.output('generate_ssh_key');
    const read = (path: string): string => world.sandbox.controls.readFile(droplet!.id, path) ?? '';
    expect(read('/root/.ssh/authorized_keys')).not.toContain(publicKey.split(' ')[1]);
    expect(read('/etc/ssh/ssh_host_ed25519_key.pub')).not.toContain(hostKey.split(' ')[1]);
  });

  it('since the store is locked keeps the key as well, however often', async () => {
    const world = await cutOffInCleanUp();
    world.sandbox.controls.clearFaults();
    const get = world.keystore.get.bind(world.keystore);
    world.keystore.get = () => Promise.reject(vaultError('vault-locked', '/vault/key.age'));
    for (let time = 0; time < 2; time++) {
      expect(await world.cleanUp()).toBe('succeeded');
      await expectAllNamed(world);
    }
    world.keystore.get = get;
    expect(await world.cleanUp()).toBe('succeeded');
    expect(await leftOf(world)).toEqual([]);
  });

  it('since the key is gone for good says so, and advises to create no other server', async () => {
    const world = await cutOffInCleanUp();
    world.sandbox.controls.clearFaults();
    await world.keystore.delete(operationKey(world.request.id));
    expect(await world.cleanUp()).toBe('succeeded');
    const { ip } = await world.output('wait_droplet');
    expect(await leftOf(world)).toEqual([
      `ssh-key authorized_keys on ${ip}`,
      `host-key host key of ${ip}`,
      `file /root/.portlama-install-${world.request.id} on ${ip}`,
    ]);
    const logged = (await world.records()).filter(({ event }) => event === 'log');
    const said = JSON.stringify([...logged, ...(await world.operation()).leftovers]);
    expect(said).toContain('The temporary SSH key of this operation is not in test store.');
    expect(said).not.toContain('create the server again');
    expect(said).not.toContain('operations cleanup');
  });

  it.each(['there', 'gone'])(
    'to a droplet that was deleted is over, with the key %s',
    async (key) => {
      const world = await cutOffInCleanUp();
      if (key === 'gone') await world.keystore.delete(operationKey(world.request.id));
      world.sandbox.controls.vanish(world.created().droplets[0]!.id);
      expect(await world.cleanUp()).toBe('succeeded');
      expect(await leftOf(world)).toEqual([]);
      expect(keysOf(world)).toEqual([p12PasswordKey('').service]);
    },
  );
});

describe('a second droplet that came after all', () => {
  it('and cannot be destroyed keeps the tag by which it is known for ours', async () => {
    const delays = { ...NO_DELAYS, dropletListedMs: 2_000 };
    const world = await provisioningWorld({ sandbox: { delays }, answerLimitMs: 300 });
    const created = { method: 'POST', path: '/v2/droplets' };
    world.sandbox.controls.addFault({ kind: 'reset', acts: true, match: created });
    const destroyed = { method: 'DELETE', path: '/v2/droplets/*' };
    const refused = { kind: 'status', status: 403, times: 'forever' } as const;
    world.sandbox.controls.addFault({ ...refused, match: destroyed });
    const running = world.run();
    // Long enough to be listed before the clean-up looks.
    world.sandbox.controls.addDropletFault({ kind: 'apt-locked', forMs: 2_500 }, { droplets: 2 });
    expect(await running).toBe('succeeded');
    expect(world.created().droplets).toHaveLength(2);
    const tag = `portlama:op:${world.request.id}`;
    expect((await leftOf(world)).map((name) => name.split(' ')[0])).toEqual(['droplet', 'tag']);
    expect(world.created().tags.map(({ name }) => name)).toContain(tag);
    world.sandbox.controls.clearFaults();
    expect(await world.cleanUp()).toBe('succeeded');
    expect(await leftOf(world)).toEqual([]);
    expect(world.created().droplets).toHaveLength(1);
  });
});
