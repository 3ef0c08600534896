import { afterEach, describe, expect, it } from 'vitest';
import { MANAGED_TAG } from '../../../src/core/product.js';
import { SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { checkRequest } from '../../contract/openapi.js';
import { ACTIONS, type ActingWorld, actingWorld } from '../../fixtures/acting-world.js';

let opened: ActingWorld | undefined;
afterEach(async () => await opened?.sandbox.close());
const world = async (...options: Parameters<typeof actingWorld>): Promise<ActingWorld> =>
  (opened = await actingWorld(...options));

describe('actOnDroplet', () => {
  it.each([
    ['power_off', 'off'],
    ['shutdown', 'off'],
    ['reboot', 'active'],
    ['power_cycle', 'active'],
  ] as const)('follows %s until the droplet is %s', async (type, status) => {
    const { act, had } = await world();
    expect(await act({ type })).toMatchObject({ status });
    expect(await had()).toEqual([type]);
  });

  it('turns it on, resizes it without its disk, and renames it', async () => {
    const { act, api, id } = await world();
    await act({ type: 'power_off' });
    const size = 's-1vcpu-1gb';
    expect(await act({ type: 'resize', size, disk: false })).toMatchObject({
      sizeSlug: size,
      priceMonthlyUsd: 6,
      diskGb: 10,
      status: 'off',
    });
    expect(await act({ type: 'rename', name: 'portlama-new' })).toMatchObject({
      name: 'portlama-new',
    });
    expect(await act({ type: 'power_on' })).toMatchObject({ status: 'active' });
    expect((await api.getDroplet(id))?.name).toBe('portlama-new');
  });

  it('sends what the document describes', () => {
    const path = '/v2/droplets/7/actions';
    checkRequest('POST', path, { type: 'resize', size: 's-1vcpu-1gb', disk: false });
    checkRequest('POST', path, { type: 'rename', name: 'portlama-new' });
    checkRequest('GET', '/v2/snapshots?resource_type=droplet&per_page=200', undefined);
    checkRequest('GET', '/v2/reserved_ips?per_page=200', undefined);
  });

  it('touches no droplet without the managed tag, and none that is gone or locked', async () => {
    const { controls, id, act, had } = await world();
    controls.setLocked(id, true);
    await expect(act({ type: 'power_off' })).rejects.toMatchObject({ code: 'droplet-locked' });
    controls.setLocked(id, false);
    controls.removeTag(id, MANAGED_TAG);
    await expect(act({ type: 'power_off' })).rejects.toMatchObject({ code: 'droplet-not-ours' });
    expect(await had()).toEqual([]);
    controls.vanish(id);
    await expect(act({ type: 'power_off' })).rejects.toMatchObject({ code: 'droplet-absent' });
  });

  it('looks again right before a request that is repeated', async () => {
    const { controls, id, act, had } = await world();
    controls.addFault({
      kind: 'status',
      status: 429,
      retryAfterSeconds: 5,
      match: { method: 'POST', path: ACTIONS },
    });
    const acting = act({ type: 'power_off' });
    const refused = expect(acting).rejects.toMatchObject({ code: 'droplet-not-ours' });
    await expect
      .poll(() => opened!.sandbox.calls.some(({ method }) => method === 'POST'))
      .toBe(true);
    controls.removeTag(id, MANAGED_TAG);
    await refused;
    expect(await had()).toEqual([]);
  });

  it('names what is missing, each scope', async () => {
    const { act } = await world(SANDBOX_TOKENS.noUpdate.token);
    await expect(act({ type: 'reboot' })).rejects.toMatchObject({
      code: 'scope-missing',
      hint: expect.stringContaining('droplet:update') as string,
    });
    await expect(act({ type: 'resize', size: 's-1vcpu-1gb', disk: false })).rejects.toMatchObject({
      hint: expect.stringContaining('droplet:update and droplet:create') as string,
    });
  });

  it('says that DigitalOcean could not do it', async () => {
    const { controls, id, act, status } = await world();
    controls.addDropletFault({ kind: 'action-fails' }, { dropletId: id });
    await expect(act({ type: 'power_off' })).rejects.toMatchObject({ code: 'action-failed' });
    expect(await status()).toBe('active');
  });

  it('ends the wait for a system that does not shut down', async () => {
    const { controls, id, act } = await world();
    controls.addDropletFault({ kind: 'shutdown-ignored' }, { dropletId: id });
    await expect(act({ type: 'shutdown' })).rejects.toMatchObject({ code: 'shutdown-ignored' });
  });

  it('ends the wait for an action that does not end', async () => {
    const { act } = await world(undefined, 600_000);
    await expect(act({ type: 'reboot' })).rejects.toMatchObject({ code: 'action-slow' });
  });

  it('waits for what is under way already', async () => {
    const { api, id, act, had } = await world(undefined, 300);
    await api.actOnDroplet(id, { type: 'power_off' }, () => Promise.resolve());
    expect(await act({ type: 'power_on' })).toMatchObject({ status: 'active' });
    expect(await had()).toEqual(['power_off', 'power_on']);
  });
});
