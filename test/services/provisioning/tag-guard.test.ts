import { describe, expect, it } from 'vitest';
import { MANAGED_TAG } from '../../../src/core/product.js';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import type { ApiFaultInput } from '../../../src/sandbox/faults/api-faults.js';
import { destroyDroplet } from '../../../src/services/provisioning/droplets/destroy-droplet.js';
import { destroyUnlisted } from '../../../src/services/provisioning/droplets/end-unlisted.js';
import { operationTag } from '../../../src/services/provisioning/worker/step.js';
import { type ProvisioningWorld, provisioningWorld } from '../../fixtures/provisioning.js';

const DELETE = { method: 'DELETE', path: '/v2/droplets/*' } as const;
/** Answers after which the deletion is asked for again: by this program, and by the client of the API. */
const REPEATED: readonly (readonly [string, ApiFaultInput])[] = [
  ['pending event', { kind: 'sample', sample: 'error-422-pending-event', match: DELETE, times: 2 }],
  ['rate limit', { kind: 'status', status: 429, retryAfterSeconds: 1, match: DELETE }],
  ['failure', { kind: 'status', status: 503, retryAfterSeconds: 1, match: DELETE }],
];

/** What ends once the droplet is destroyed, or refused to be; and the droplet's id. */
interface Destruction {
  readonly id: number;
  readonly ended: Promise<unknown>;
}

function deletesOf({ sandbox }: ProvisioningWorld): number {
  const isDelete = ({ method, target }: { method: string; target: string }): boolean =>
    method === 'DELETE' && target.startsWith('/v2/droplets/');
  return sandbox.calls.filter(isDelete).length;
}

function anUnlisted({ sandbox }: ProvisioningWorld): number {
  return sandbox.controls.addUnlisted({ name: 'portlama-lost', tags: [MANAGED_TAG] });
}

async function destroy(world: ProvisioningWorld): Promise<Destruction> {
  const { api, clock, timing } = world.ports;
  const id = anUnlisted(world);
  const { signal } = new AbortController();
  const requiredTags = [MANAGED_TAG];
  return { id, ended: destroyDroplet(id, { api, clock, timing, requiredTags, signal }) };
}

async function unlistedDestroy(world: ProvisioningWorld): Promise<Destruction> {
  const { api, clock, timing } = world.ports;
  const id = anUnlisted(world);
  const droplet = (await api.getDroplet(id))!;
  const unlisted = { droplet, operationId: undefined, operation: undefined };
  const { signal } = new AbortController();
  return { id, ended: destroyUnlisted(unlisted, { api, clock, timing, signal }) };
}

async function rollBack(world: ProvisioningWorld): Promise<Destruction> {
  world.sandbox.controls.addDropletFault({ kind: 'sshd-never-comes' });
  const abort = new AbortController();
  const ended = world.run(abort.signal);
  const waiting = '"wait_ssh"';
  await expect.poll(async () => JSON.stringify(await world.records())).toContain(waiting);
  abort.abort();
  return { id: world.created().droplets[0]!.id, ended };
}

const OWN = operationTag('0123456789abcdef');
const WAYS: readonly (readonly [
  way: string,
  tag: string,
  begin: (world: ProvisioningWorld) => Promise<Destruction>,
])[] = [
  ['destroy', MANAGED_TAG, destroy],
  ['unlisted destroy', MANAGED_TAG, unlistedDestroy],
  ['roll-back', MANAGED_TAG, rollBack],
  ['roll-back', OWN, rollBack],
];

describe.each(WAYS)('a %s', (_way, tag, begin) => {
  it.each(REPEATED)('is not repeated after a %s without the tag', async (_name, fault) => {
    const world = await provisioningWorld();
    world.sandbox.controls.addFault(fault);
    const { id, ended } = await begin(world);
    await expect.poll(() => deletesOf(world), { interval: 2 }).toBe(1);
    world.sandbox.controls.removeTag(id, tag);
    const outcome = await ended.catch((error: unknown) => error);
    expect(outcome).toSatisfy(
      (each) => each === 'failed-with-leftovers' || each.code === 'droplet-not-ours',
    );
    expect(world.created().droplets.map((droplet) => droplet.id)).toContain(id);
    expect(deletesOf(world)).toBe(1);
  });
});

describe('a clean-up', () => {
  it.each([MANAGED_TAG, OWN])('asks for nothing to be destroyed without %s', async (tag) => {
    const world = await provisioningWorld();
    world.sandbox.controls.addFault({ kind: 'status', status: 403, match: DELETE, times: 9 });
    const { id, ended } = await rollBack(world);
    expect(await ended).toBe('failed-with-leftovers');
    world.sandbox.controls.clearFaults();
    const before = deletesOf(world);
    world.sandbox.controls.removeTag(id, tag);
    expect(await world.cleanUp()).toBe('failed-with-leftovers');
    expect(world.created().droplets.map((droplet) => droplet.id)).toContain(id);
    expect(deletesOf(world)).toBe(before);
  });
});

it('waits without the tag for a deletion that DigitalOcean has promised, and asks no more', async () => {
  const deleteMs = 900;
  const world = await provisioningWorld({ sandbox: { delays: { ...NO_DELAYS, deleteMs } } });
  const { id, ended } = await destroy(world);
  await expect.poll(() => deletesOf(world), { interval: 2 }).toBe(1);
  world.sandbox.controls.removeTag(id, MANAGED_TAG);
  expect(await ended).toBe('removed');
  expect(deletesOf(world)).toBe(1);
});
