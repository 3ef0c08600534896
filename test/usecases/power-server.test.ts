import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { managePower } from '../../src/usecases/manage-power.js';
import { powerServer, requirePowerVerb } from '../../src/usecases/power-server.js';
import { resizeServer } from '../../src/usecases/resize-server.js';
import { Declined } from '../../src/usecases/face.js';
import { dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, LAB, OLD_BOX } from '../app/fakes/fake-world.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const ID = Number(EDGE.providerId);
const OFF = { confirm: 'Shut down fra1-edge?' };

function withDroplet(
  droplet: Partial<ReturnType<typeof dropletOf>> = {},
  ...answers: readonly Answer[]
): TestWork {
  const suppliedTokens = { environment: SANDBOX_TOKENS.good.token };
  const test = testWork({ servers: [EDGE, LAB, OLD_BOX], suppliedTokens }, ...answers);
  test.world.addDroplet({ ...dropletOf(EDGE), diskGb: 10, ...droplet });
  return test;
}

function had({ world }: TestWork): readonly string[] {
  return (world.account.actions.get(ID) ?? []).map(({ type }) => type);
}

describe('powerServer', () => {
  it('shuts down after a question, and says that it is still billed', async () => {
    const test = withDroplet({}, OFF);
    const { droplet } = await powerServer('fra1-edge', 'off', test.work);
    expect(droplet.status).toBe('off');
    expect(had(test)).toEqual(['shutdown']);
    const billed =
      'A droplet that is off is still billed: $4/month. Only destroying it stops that.';
    expect(test.face.shown).toContain(billed);
    expect(test.face.said).toEqual(['fra1-edge is off.', billed]);
    expect(test.news).toEqual([{ kind: 'droplet-changed', serverId: EDGE.id, droplet }]);
    test.face.finish();
  });

  it.each([
    ['reboot', 'Reboot fra1-edge?', 'reboot'],
    ['cycle', 'Power cycle fra1-edge?', 'power_cycle'],
    ['cut', 'Cut the power of fra1-edge?', 'power_off'],
  ] as const)('asks before %s', async (verb, confirm, type) => {
    const test = withDroplet({}, { confirm });
    await powerServer('fra1-edge', verb, test.work);
    expect(had(test)).toEqual([type]);
    const declined = withDroplet({}, { confirm, agree: false });
    await expect(powerServer('fra1-edge', verb, declined.work)).rejects.toThrow(Declined);
    expect(had(declined)).toEqual([]);
  });

  it('powers on without a question', async () => {
    const test = withDroplet({ status: 'off' });
    await powerServer('fra1-edge', 'on', test.work);
    expect(had(test)).toEqual(['power_on']);
    expect(test.face.said).toEqual(['fra1-edge is on. Its panel answers in about a minute.']);
  });

  it.each([
    ['on', 'active', 'fra1-edge is already on.'],
    ['off', 'off', 'fra1-edge is already off.'],
    ['cut', 'off', 'fra1-edge is already off.'],
  ] as const)('leaves one alone that is %s already', async (verb, status, said) => {
    const test = withDroplet({ status });
    await powerServer('fra1-edge', verb, test.work);
    expect(had(test)).toEqual([]);
    expect(test.face.said).toEqual([said]);
  });

  it.each([
    ['nobody', 'server-unknown'],
    ['old-box', 'droplet-unknown'],
    ['nyc3-lab', 'droplet-absent'],
  ])('refuses %s as %s', async (wanted, code) => {
    const test = withDroplet();
    await expect(powerServer(wanted, 'off', test.work)).rejects.toMatchObject({ code });
  });

  it('cannot restart one that is off', async () => {
    const { work } = withDroplet({ status: 'off' });
    await expect(powerServer('fra1-edge', 'reboot', work)).rejects.toMatchObject({
      code: 'droplet-is-off',
      hint: { command: 'servers.power', id: 'fra1-edge', action: 'on' },
    });
  });

  it('touches none without the managed tag, and none that left the list meanwhile', async () => {
    const foreign = withDroplet({ tags: ['production'] }, OFF);
    await expect(powerServer('fra1-edge', 'off', foreign.work)).rejects.toMatchObject({
      code: 'droplet-not-ours',
    });
    const meanwhile = (): void => test.world.registry.changeFromOutside([LAB]);
    const test = withDroplet({}, { ...OFF, meanwhile });
    await expect(powerServer('fra1-edge', 'off', test.work)).rejects.toMatchObject({
      code: 'server-unknown',
    });
    expect([...had(foreign), ...had(test)]).toEqual([]);
  });
});

describe('the words of the command', () => {
  it.each([
    ['on', false, 'on'],
    ['off', false, 'off'],
    ['off', true, 'cut'],
    ['reboot', false, 'reboot'],
    ['cycle', false, 'cycle'],
  ] as const)('%s, forced: %s, mean %s', (word, force, verb) => {
    expect(requirePowerVerb(word, force)).toBe(verb);
  });

  it.each([
    ['halt', false],
    ['on', true],
    ['', false],
  ])('%j, forced: %s, are refused', (word, force) => {
    expect(() => requirePowerVerb(word, force)).toThrow(
      expect.objectContaining({ code: 'power-action-invalid' }) as Error,
    );
  });
});

describe('resizeServer', () => {
  const RESIZE = { confirm: 'Resize fra1-edge to s-1vcpu-1gb?' };

  it('says the price before and after, and leaves it off', async () => {
    const test = withDroplet({ status: 'off' }, RESIZE);
    await resizeServer('fra1-edge', 's-1vcpu-1gb', test.work);
    expect(test.face.shown).toContain('It costs $4/month now, and $6/month afterwards.');
    expect(test.face.said[0]).toBe(
      'fra1-edge is s-1vcpu-1gb: it costs $6/month instead of $4/month. It is still off.',
    );
    expect(test.world.account.droplets.get(ID)).toMatchObject({
      sizeSlug: 's-1vcpu-1gb',
      status: 'off',
      diskGb: 10,
    });
  });

  it('offers the other sizes with their prices where none is given, and says the present one', async () => {
    const label = 's-1vcpu-1gb   $6/month   1 GB, 1 vCPU, 25 GB';
    const choice = { choose: 'Resize to which size?', label };
    const test = withDroplet({ status: 'off' }, choice, RESIZE);
    await resizeServer('fra1-edge', undefined, test.work);
    expect(test.face.shown).toContain('It is s-1vcpu-512mb-10gb now, $4/month.');
    test.face.finish();
  });

  it('refuses where no other size fits', async () => {
    const { work } = withDroplet({ status: 'off', diskGb: 10_000 });
    await expect(resizeServer('fra1-edge', undefined, work)).rejects.toMatchObject({
      code: 'size-unfit',
    });
  });

  it('has to be off first, and says so', async () => {
    const test = withDroplet();
    await expect(resizeServer('fra1-edge', 's-1vcpu-1gb', test.work)).rejects.toMatchObject({
      code: 'droplet-is-on',
      message: 'fra1-edge has to be off before it can be resized.',
    });
    expect(had(test)).toEqual([]);
  });

  it('is not to be shut down for a size that does not exist', async () => {
    const { work } = withDroplet();
    await expect(resizeServer('fra1-edge', 'huge', work)).rejects.toMatchObject({
      code: 'size-invalid',
    });
  });

  it.each([
    ['s-1vcpu-512mb-10gb', 'size-unfit', /smaller/],
    ['s-1vcpu-1gb', 'size-unfit', /current size/],
    ['huge', 'size-invalid', /not a server size/],
  ])('refuses %s as %s', async (size, code, message) => {
    const { work } = withDroplet({ status: 'off', sizeSlug: 's-1vcpu-1gb', diskGb: 25 });
    await expect(resizeServer('fra1-edge', size, work)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('managePower', () => {
  it('offers what fits the state of the droplet', async () => {
    const choice = { choose: 'Power of fra1-edge', label: 'Power on' };
    const test = withDroplet({ status: 'off' }, choice);
    await managePower(EDGE.id, test.work);
    expect(had(test)).toEqual(['power_on']);
    const on = withDroplet({}, { ...choice, label: 'Reboot' }, { confirm: 'Reboot fra1-edge?' });
    await managePower(EDGE.id, on.work);
    expect(had(on)).toEqual(['reboot']);
    expect(on.face.shown).toContain(`https://cloud.digitalocean.com/droplets/${ID}/snapshots`);
  });
});
