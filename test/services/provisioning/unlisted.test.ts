import { describe, expect, it } from 'vitest';
import { MANAGED_TAG } from '../../../src/core/product.js';
import { systemClock } from '../../../src/core/time.js';
import {
  adoptUnlisted,
  destroyUnlisted,
} from '../../../src/services/provisioning/droplets/end-unlisted.js';
import type { Operation, Operations } from '../../../src/services/provisioning/operations.js';
import { operationKeyName, operationTag } from '../../../src/services/provisioning/worker/step.js';
import {
  findUnlistedDroplet,
  findUnlistedDroplets,
} from '../../../src/services/provisioning/droplets/unlisted.js';
import { generateSshKeyPair } from '../../../src/services/ssh/keys.js';
import { type ProvisioningWorld, provisioningWorld } from '../../fixtures/provisioning.js';

const OPERATION = 'fedcba9876543210';
const NONE = listing();

function listing(...operations: readonly Operation[]): Pick<Operations, 'list'> {
  return { list: async () => operations };
}

function addUnlisted(world: ProvisioningWorld, name: string, tags = [MANAGED_TAG]): number {
  return world.sandbox.controls.addUnlisted({ name, tags });
}

describe('unlisted droplets', () => {
  it('are managed droplets that no list has; others of the account are none of our business', async () => {
    const world = await provisioningWorld();
    await world.run();
    const id = addUnlisted(world, 'portlama-lost');
    addUnlisted(world, 'web-1', []);
    const { unlisted, gone } = await findUnlistedDroplets(
      world.ports.api,
      world.ports.registry,
      NONE,
    );
    expect(unlisted).toMatchObject([
      { droplet: { id, name: 'portlama-lost' }, operationId: undefined, operation: undefined },
    ]);
    expect(gone).toEqual([]);
  });

  it('are not what was added by hand: an entry without an id stands for the droplet at its address', async () => {
    const world = await provisioningWorld();
    const { api, registry } = world.ports;
    const id = addUnlisted(world, 'portlama-by-hand');
    const ip = (await api.getDroplet(id))!.publicIpv4!;
    await registry.save({
      id: 'by-hand',
      label: 'by-hand',
      panelUrl: `https://${ip}:9292`,
      ip,
      createdAt: '2026-01-05T10:00:00.000Z',
      active: false,
      authMethod: 'p12',
    });
    expect((await findUnlistedDroplets(api, registry, NONE)).unlisted).toEqual([]);
    await expect(findUnlistedDroplet(id, api, registry, NONE)).rejects.toMatchObject({
      code: 'droplet-listed',
    });
  });

  it('are not what is being made at this moment; what was interrupted names its operation', async () => {
    const world = await provisioningWorld();
    const id = addUnlisted(world, 'portlama-new', [MANAGED_TAG, operationTag(world.request.id)]);
    await world.run();
    const operation = { ...(await world.operation()), server: undefined };
    const find = (status: 'running' | 'interrupted') =>
      findUnlistedDroplets(
        world.ports.api,
        world.ports.registry,
        listing({ ...operation, status }),
      );
    // The run's last step removed the operation's tag from the account: it is put back.
    const tag = operationTag(world.request.id);
    await world.ports.api.createTag(tag);
    await world.ports.api.tagDroplet(tag, id);
    expect((await find('running')).unlisted).toEqual([]);
    expect((await find('interrupted')).unlisted).toMatchObject([
      { droplet: { id }, operationId: world.request.id, operation: { status: 'interrupted' } },
    ]);
  });

  it('come with every entry whose droplet is gone, however many, in one more list', async () => {
    const world = await provisioningWorld();
    await world.run();
    const { api, registry } = world.ports;
    const [server] = await registry.list();
    world.sandbox.controls.removeTag(Number(server?.providerId), MANAGED_TAG);
    for (let index = 0; index < 30; index += 1)
      await registry.save({
        ...server!,
        id: `gone-${index}`,
        label: `gone-${index}`,
        providerId: String(900_000_000 + index),
        active: false,
      });
    const calls: string[] = [];
    const counted = api.onCall(({ path }) => calls.push(path));
    const { gone } = await findUnlistedDroplets(api, registry, NONE);
    counted.dispose();
    expect(gone.map(({ id }) => id)).toEqual(Array.from({ length: 30 }, (_, at) => `gone-${at}`));
    expect(calls).toHaveLength(2);
  });

  it('come with the entries whose droplet is gone, but not with one that only lost its tag', async () => {
    const world = await provisioningWorld();
    await world.run();
    const [server] = await world.ports.registry.list();
    const dropletId = Number(server?.providerId);
    const find = () => findUnlistedDroplets(world.ports.api, world.ports.registry, NONE);
    world.sandbox.controls.removeTag(dropletId, MANAGED_TAG);
    expect((await find()).gone).toEqual([]);
    world.sandbox.controls.vanish(dropletId);
    expect((await find()).gone).toEqual([server]);
  });

  it('are adopted inactive, under a valid label that nobody has', async () => {
    const world = await provisioningWorld();
    addUnlisted(world, 'portlama-My.Server');
    addUnlisted(world, 'portlama-my-server');
    const { registry, api } = world.ports;
    for (const unlisted of (await findUnlistedDroplets(api, registry, NONE)).unlisted) {
      await adoptUnlisted(unlisted, { registry, clock: systemClock, apiIsLoopback: true });
    }
    const servers = await registry.list();
    expect(servers.map(({ label }) => label)).toEqual(['my-server', 'my-server-2']);
    expect(servers.every(({ active }) => !active)).toBe(true);
    expect(servers[0]).toMatchObject({
      provider: 'digitalocean',
      authMethod: 'p12',
      region: 'fra1',
    });
    expect((await findUnlistedDroplets(api, registry, NONE)).unlisted).toEqual([]);
  });

  it('are destroyed together with the key and the tag of their operation', async () => {
    const world = await provisioningWorld();
    const { api, registry, clock, timing } = world.ports;
    const id = addUnlisted(world, 'portlama-lost', [MANAGED_TAG, operationTag(OPERATION)]);
    await api.createSshKey(operationKeyName(OPERATION), generateSshKeyPair('x').publicKey);
    const other = await api.createSshKey('mine', generateSshKeyPair('y').publicKey);
    const [unlisted] = (await findUnlistedDroplets(api, registry, NONE)).unlisted;
    const { signal } = new AbortController();
    expect(await destroyUnlisted(unlisted!, { api, clock, timing, signal })).toBe('removed');
    const { droplets, keys, tags } = world.created();
    expect(droplets.map((droplet) => droplet.id)).not.toContain(id);
    expect(keys.map((key) => key.id)).toEqual([other.id]);
    expect(tags.map((tag) => tag.name)).not.toContain(operationTag(OPERATION));
  });

  it('leave the tag of their operation to another droplet that has it', async () => {
    const world = await provisioningWorld();
    const { api, clock, timing } = world.ports;
    const id = addUnlisted(world, 'portlama-lost', [MANAGED_TAG, operationTag(OPERATION)]);
    const second = addUnlisted(world, 'portlama-second', [MANAGED_TAG, operationTag(OPERATION)]);
    const unlisted = {
      droplet: (await api.getDroplet(id))!,
      operationId: OPERATION,
      operation: undefined,
    };
    const { signal } = new AbortController();
    expect(await destroyUnlisted(unlisted, { api, clock, timing, signal })).toBe('removed');
    expect((await api.getDroplet(second))?.tags).toContain(operationTag(OPERATION));
  });

  it('are not destroyed without the managed tag', async () => {
    const world = await provisioningWorld();
    const { api, registry, clock, timing } = world.ports;
    const id = addUnlisted(world, 'portlama-lost');
    const [unlisted] = (await findUnlistedDroplets(api, registry, NONE)).unlisted;
    world.sandbox.controls.removeTag(id, MANAGED_TAG);
    const { signal } = new AbortController();
    await expect(destroyUnlisted(unlisted!, { api, clock, timing, signal })).rejects.toMatchObject({
      code: 'droplet-not-ours',
    });
    expect(world.created().droplets.map((droplet) => droplet.id)).toContain(id);
  });

  it('are destroyed even where what came with them cannot be removed, and then that is said', async () => {
    const world = await provisioningWorld();
    const { api, registry, clock, timing } = world.ports;
    const id = addUnlisted(world, 'portlama-lost', [MANAGED_TAG, operationTag(OPERATION)]);
    const [unlisted] = (await findUnlistedDroplets(api, registry, NONE)).unlisted;
    const match = { method: 'GET', path: '/v2/account/keys' };
    world.sandbox.controls.addFault({ kind: 'status', status: 403, match });
    const { signal } = new AbortController();
    await expect(destroyUnlisted(unlisted!, { api, clock, timing, signal })).rejects.toMatchObject({
      code: 'droplet-traces-left',
      hint: expect.stringContaining(operationKeyName(OPERATION)),
    });
    expect(world.created().droplets.map((droplet) => droplet.id)).not.toContain(id);
  });
});

describe('an unlisted droplet by its id', () => {
  it('is looked up as it is now; a droplet that does not exist is none', async () => {
    const world = await provisioningWorld();
    const { api, registry } = world.ports;
    const id = addUnlisted(world, 'portlama-lost');
    expect(await findUnlistedDroplet(id, api, registry, NONE)).toMatchObject({ droplet: { id } });
    world.sandbox.controls.vanish(id);
    expect(await findUnlistedDroplet(id, api, registry, NONE)).toBeUndefined();
  });

  it('is refused without the managed tag, and when it is in the list', async () => {
    const world = await provisioningWorld();
    await world.run();
    const { api, registry } = world.ports;
    const foreign = addUnlisted(world, 'web-1', ['production']);
    await expect(findUnlistedDroplet(foreign, api, registry, NONE)).rejects.toMatchObject({
      code: 'droplet-not-ours',
    });
    const [server] = await registry.list();
    const own = Number(server?.providerId);
    await expect(findUnlistedDroplet(own, api, registry, NONE)).rejects.toMatchObject({
      code: 'droplet-listed',
    });
  });

  it.each(['running', 'cleaning-up', 'interrupted', 'failed-with-leftovers'] as const)(
    'is left to an operation that is %s, however it is asked for',
    async (status) => {
      const world = await provisioningWorld();
      const tag = operationTag(world.request.id);
      const id = addUnlisted(world, 'portlama-new', [MANAGED_TAG, tag]);
      await world.run();
      await world.ports.api.createTag(tag);
      await world.ports.api.tagDroplet(tag, id);
      const operation = { ...(await world.operation()), server: undefined, status };
      const { api, registry, clock, timing } = world.ports;
      const refusal = { code: 'operation-unfinished' };
      const look = findUnlistedDroplet(id, api, registry, listing(operation));
      await expect(look).rejects.toMatchObject(refusal);
      const droplet = (await api.getDroplet(id))!;
      const unlisted = { droplet, operationId: operation.id, operation };
      const { signal } = new AbortController();
      await expect(
        adoptUnlisted(unlisted, { registry, clock, apiIsLoopback: true }),
      ).rejects.toThrow(expect.objectContaining(refusal));
      await expect(destroyUnlisted(unlisted, { api, clock, timing, signal })).rejects.toMatchObject(
        refusal,
      );
      expect(world.created().droplets.map((each) => each.id)).toContain(id);
    },
  );
});
