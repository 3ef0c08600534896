import { describe, expect, it } from 'vitest';
import type { SandboxDelays } from '../../../src/sandbox/delays.js';
import { NO_DELAYS } from '../../fixtures/no-delays.js';
import type { ApiFaultInput } from '../../../src/sandbox/faults/api-faults.js';
import type { JournalRecord } from '../../../src/services/provisioning/journal/records.js';
import { type ProvisioningWorld, provisioningWorld } from '../../fixtures/provisioning.js';

/** Longer than several looks, well within a hundredth of what DigitalOcean was seen to take. */
const LAG_MS = 400;
const CREATE = { method: 'POST', path: '/v2/droplets' } as const;

function world(lags: Partial<SandboxDelays>): Promise<ProvisioningWorld> {
  return provisioningWorld({ sandbox: { delays: { ...NO_DELAYS, ...lags } } });
}

async function expectNothingLeft(tried: ProvisioningWorld): Promise<void> {
  const { droplets, keys, tags } = tried.created();
  const own = tags.filter(({ name }) => name !== 'portlama:managed');
  expect({ droplets, keys, own }).toEqual({ droplets: [], keys: [], own: [] });
  expect((await tried.operation()).leftovers).toEqual([]);
  expect(await tried.ports.registry.list()).toEqual([]);
}

/** Cancels once `begun` says so, and resolves to the outcome. */
async function cancelledWhen(
  tried: ProvisioningWorld,
  begun: (records: readonly JournalRecord[]) => boolean,
): Promise<string> {
  const abort = new AbortController();
  const running = tried.run(abort.signal);
  await expect.poll(async () => begun(await tried.records()), { interval: 5 }).toBe(true);
  abort.abort();
  return await running;
}

const isCreated = (records: readonly JournalRecord[]): boolean =>
  records.some(
    (record) =>
      record.event === 'step' && record.step === 'create_droplet' && record.status === 'done',
  );

describe('a droplet that DigitalOcean shows late', () => {
  it.each<[string, Partial<SandboxDelays>]>([
    ['404 right after it was created', { dropletReadableMs: LAG_MS }],
    ['missing from lists', { dropletListedMs: LAG_MS, dropletReadableMs: LAG_MS }],
    ['without its tags', { dropletTaggedMs: LAG_MS }],
    ['active before it has an address', { addressMs: LAG_MS }],
    [
      'all of it',
      {
        dropletReadableMs: 200,
        dropletListedMs: 300,
        dropletTaggedMs: 300,
        bootMs: LAG_MS,
        addressMs: LAG_MS,
      },
    ],
  ])('is waited for: %s', async (_name, lags) => {
    const tried = await world(lags);
    expect(await tried.run()).toBe('succeeded');
    expect(tried.created().droplets).toHaveLength(1);
  });

  it('is never reached at the private address that comes first', async () => {
    const tried = await world({ addressMs: LAG_MS });
    await tried.run();
    const [droplet] = tried.created().droplets;
    expect((await tried.output('wait_droplet')).ip).toBe(droplet?.address);
    const dialled = tried.sandbox.calls.filter(({ method }) => method === 'CONNECT');
    expect(new Set(dialled.map(({ target }) => target.replace(/:\d+$/, '')))).toEqual(
      new Set([droplet?.address]),
    );
  });

  it('is found all the same when the answer to its creation was lost', async () => {
    const tried = await world({
      dropletReadableMs: 200,
      dropletListedMs: LAG_MS,
      dropletTaggedMs: 300,
    });
    tried.sandbox.controls.addFault({ kind: 'reset', acts: true, match: CREATE });
    expect(await tried.run()).toBe('succeeded');
    expect(tried.created().droplets).toHaveLength(1);
    const posts = tried.sandbox.calls.filter(
      ({ method, target }) => method === CREATE.method && target === CREATE.path,
    );
    expect(posts).toHaveLength(1);
  });
});

describe('a create that DigitalOcean refuses for a while', () => {
  it('since it does not know the new key yet is tried again, and says so', async () => {
    const tried = await world({ keyUsableMs: 1_200 });
    expect(await tried.run()).toBe('succeeded');
    const told = (await tried.records()).filter(({ event }) => event === 'waiting');
    expect(JSON.stringify(told)).toContain('DigitalOcean does not know the SSH key yet');
    expect(tried.created().droplets).toHaveLength(1);
  });

  it('since the account is being set up is tried again, and says so', async () => {
    const tried = await world({});
    const fault: ApiFaultInput = {
      kind: 'sample',
      sample: 'error-422-account-finalizing',
      match: CREATE,
    };
    tried.sandbox.controls.addFault(fault);
    expect(await tried.run()).toBe('succeeded');
    const told = (await tried.records()).filter(({ event }) => event === 'waiting');
    expect(JSON.stringify(told)).toContain('DigitalOcean is still setting up this new account');
  });
});

describe('a create that DigitalOcean refuses with 422', () => {
  const posts = (tried: ProvisioningWorld): (number | undefined)[] =>
    tried.sandbox.calls
      .filter(({ method, target }) => method === CREATE.method && target === CREATE.path)
      .map(({ status }) => status);

  it('and explains is final: it is sent once', async () => {
    const tried = await world({});
    const explained = { id: 'unprocessable_entity', message: 'This is not for you' };
    tried.sandbox.controls.addFault({ kind: 'status', status: 422, ...explained, match: CREATE });
    expect(await tried.run()).toBe('failed');
    expect(posts(tried)).toEqual([422]);
    expect((await tried.operation()).error).toMatchObject({
      step: 'create_droplet',
      code: 'request-refused',
      message: expect.stringContaining('This is not for you') as string,
    });
    await expectNothingLeft(tried);
  });

  it('without the whole reason may pass: it is sent again', async () => {
    // So that the answer is a refusal, of which only the first half arrives.
    const tried = await world({ keyUsableMs: 500 });
    tried.sandbox.controls.addFault({ kind: 'truncated', match: CREATE });
    expect(await tried.run()).toBe('succeeded');
    expect(posts(tried).slice(0, 1)).toEqual([422]);
    expect(posts(tried).at(-1)).toBe(202);
    const told = (await tried.records()).filter(({ event }) => event === 'waiting');
    expect(JSON.stringify(told[0])).toContain('Trying again.');
    expect(JSON.stringify(told[0])).not.toContain('SSH key');
    expect(tried.created().droplets).toHaveLength(1);
  });
});

describe('a droplet that never appears', () => {
  it.each([
    ['accepted, then 404 for ever', undefined],
    ['and the answer to its creation was lost', { kind: 'reset', acts: true, match: CREATE }],
  ] as const)('ends in a failure that says so, with nothing left: %s', async (_name, fault) => {
    const tried = await world({});
    tried.sandbox.controls.addDropletFault({ kind: 'placement-fails' }, { droplets: 5 });
    if (fault !== undefined) tried.sandbox.controls.addFault(fault);
    expect(await tried.run()).toBe('failed');
    expect((await tried.operation()).error).toMatchObject({
      step: 'wait_droplet',
      code: 'droplet-vanished',
      message: expect.stringMatching(
        /^DigitalOcean accepted droplet \d+, but it does not exist\.$/,
      ) as string,
    });
    await expectNothingLeft(tried);
  });
});

describe('removing a droplet', () => {
  it('that is still new waits until it is not: a deletion before that may be lost', async () => {
    const tried = await world({ bootMs: LAG_MS });
    expect(await cancelledWhen(tried, isCreated)).toBe('failed');
    await expectNothingLeft(tried);
    // The sandbox refuses it before, as DigitalOcean does where it does not lose it.
    const deletions = tried.sandbox.calls.filter(
      ({ method, target }) => method === 'DELETE' && target.startsWith('/v2/droplets/'),
    );
    expect(deletions.map(({ status }) => status)).toEqual([204]);
  });

  it('says once what it waits for: that it may be deleted, then that it is gone', async () => {
    const tried = await world({ bootMs: LAG_MS, deleteMs: LAG_MS });
    expect(await cancelledWhen(tried, isCreated)).toBe('failed');
    const { dropletId } = await tried.output('create_droplet');
    const records = await tried.records();
    const undone = records.slice(records.findIndex(({ event }) => event === 'rollback'));
    const told = undone.filter((record) => record.event === 'waiting').map(({ text }) => text);
    expect(told).toEqual([
      `droplet ${dropletId} is still being created; deleting it has to wait`,
      `waiting until droplet ${dropletId} is gone`,
    ]);
    expect((await tried.operation()).waiting).toBeUndefined();
  });

  it('that does not show its tags yet waits for them, rather than take it for another’s', async () => {
    const tried = await world({ dropletTaggedMs: LAG_MS });
    expect(await cancelledWhen(tried, isCreated)).toBe('failed');
    await expectNothingLeft(tried);
  });

  it('that cannot be read yet waits until it can', async () => {
    const tried = await world({ dropletReadableMs: LAG_MS, dropletListedMs: LAG_MS });
    expect(await cancelledWhen(tried, isCreated)).toBe('failed');
    await expectNothingLeft(tried);
  });

  it('is over when it is really gone, not when DigitalOcean promised to', async () => {
    const tried = await world({ deleteMs: LAG_MS });
    expect(await cancelledWhen(tried, isCreated)).toBe('failed');
    const { dropletId } = await tried.output('create_droplet');
    expect(await tried.ports.api.getDroplet(dropletId)).toBeUndefined();
    await expectNothingLeft(tried);
  });

  it('that is gone by then is a success', async () => {
    const tried = await world({ bootMs: 10_000 });
    const abort = new AbortController();
    const running = tried.run(abort.signal);
    await expect.poll(async () => isCreated(await tried.records()), { interval: 5 }).toBe(true);
    tried.sandbox.controls.vanish((await tried.output('create_droplet')).dropletId);
    abort.abort();
    expect(await running).toBe('failed');
    await expectNothingLeft(tried);
  });
});
