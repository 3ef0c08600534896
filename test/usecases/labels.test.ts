import { describe, expect, it } from 'vitest';
import { chooseLabel, requireFreeLabel, takenBy } from '../../src/usecases/labels.js';
import { failed, runUntil } from '../screens/fixtures/records.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { testWork, type TestWork } from './work.js';

/** `edge` is being created; or that was interrupted, or failed. */
async function withProvisioning(end?: 'interrupted' | 'failed'): Promise<TestWork> {
  const test = testWork({ servers: [EDGE] });
  const { operations } = test.world;
  const id = operations.add({ label: 'edge', region: 'fra1' });
  await runUntil(test.world, id, 'wait_ssh');
  if (end === 'interrupted') operations.killWorker(id);
  if (end === 'failed') operations.write(id, ...failed('wait_ssh'));
  return test;
}

describe('a label', () => {
  it('is refused while a server has it, with one that is free', async () => {
    const { work } = testWork({ servers: [EDGE] });
    await expect(requireFreeLabel(work, 'fra1-edge')).rejects.toMatchObject({
      code: 'label-taken',
      message: 'There is already a server called fra1-edge.',
      hint: 'Choose another label, for example fra1-edge-2.',
    });
    expect(await requireFreeLabel(work, 'lab')).toBe('lab');
  });

  it.each([undefined, 'interrupted'] as const)(
    'is held by a provisioning that may still become a server: %s',
    async (end) => {
      const { work } = await withProvisioning(end);
      await expect(requireFreeLabel(work, 'edge')).rejects.toMatchObject({
        code: 'label-taken',
        message: 'A server called edge is being created.',
      });
    },
  );

  it('is free again once its provisioning failed', async () => {
    const { work } = await withProvisioning('failed');
    expect(await requireFreeLabel(work, 'edge')).toBe('edge');
  });

  it('that is none is refused before anything is read', async () => {
    const { work } = testWork({ servers: [EDGE] });
    await expect(requireFreeLabel(work, 'No')).rejects.toMatchObject({ code: 'label-invalid' });
  });

  it('is made of the region where none is given, with a number where that is taken', async () => {
    const { work, world } = testWork({});
    expect(await chooseLabel(work, 'fra1', undefined)).toBe('portlama-fra1');
    world.operations.add({ label: 'portlama-fra1', region: 'fra1' });
    expect(await chooseLabel(work, 'fra1', undefined)).toBe('portlama-fra1-2');
    await expect(chooseLabel(work, 'fra1', 'portlama-fra1')).rejects.toMatchObject({
      code: 'label-taken',
    });
  });

  it('is judged by what a screen knows in the same words', async () => {
    const { world } = await withProvisioning('interrupted');
    const holders = { servers: [EDGE], operations: await world.operations.list() };
    expect(takenBy('fra1-edge', holders)).toBe('There is already a server called fra1-edge.');
    expect(takenBy('edge', holders)).toBe('A server called edge is being created.');
    expect(takenBy('lab', holders)).toBeUndefined();
  });
});
