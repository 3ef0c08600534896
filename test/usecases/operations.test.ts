import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/folder.js';
import { ProvisioningError } from '../../src/services/provisioning/errors.js';
import type { Resource } from '../../src/services/provisioning/journal/records.js';
import type { Operation } from '../../src/services/provisioning/operations.js';
import { Declined } from '../../src/usecases/face.js';
import {
  cancelOperation,
  cleanUpOperation,
  closeOperation,
  dismissOperation,
  removalOf,
  resumeOperation,
  retryOperation,
} from '../../src/usecases/operations.js';
import { EDGE } from '../app/fakes/fake-world.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const DROPLET: Resource = {
  kind: 'droplet',
  id: '312876543',
  monthlyUsd: 4,
  removeBy: 'Delete it in the DigitalOcean console.',
};
const FAILED = { event: 'error', step: 'wait_ssh', code: 'x', message: 'No answer.' } as const;

/** One operation, `edge` in fra1, and a token. */
function withOperation(...answers: readonly Answer[]): TestWork & { readonly id: string } {
  const test = testWork({ suppliedTokens: { environment: SANDBOX_TOKEN } }, ...answers);
  return { ...test, id: test.world.operations.add({ label: 'edge', region: 'fra1' }) };
}

function fail(
  { world, id }: ReturnType<typeof withOperation>,
  leftovers: readonly Resource[],
): void {
  world.operations.write(id, FAILED, { event: 'rolled-back', leftovers });
}

const VERBS = {
  resumeOperation,
  cancelOperation,
  cleanUpOperation,
  retryOperation,
  dismissOperation,
};

describe.each(Object.entries(VERBS))('%s', (_name, useCase) => {
  it('refuses an id that no operation has, before it asks', async () => {
    const { work } = testWork({ suppliedTokens: { environment: SANDBOX_TOKEN } });
    await expect(useCase('ffffffffffffffff', work)).rejects.toMatchObject({
      code: 'operation-unknown',
    });
  });
});

describe('resumeOperation', () => {
  it('gives the token to a new worker, and keeps the program open meanwhile', async () => {
    const { work, world, face, id } = withOperation();
    world.operations.killWorker(id);
    await resumeOperation(id, work);
    expect(world.operations.calls).toEqual([`resume ${id}`]);
    expect(world.operations.tokens).toEqual([SANDBOX_TOKEN]);
    face.finish();
  });

  it('needs a token', async () => {
    const { work, world } = testWork({});
    const id = world.operations.add({ label: 'edge', region: 'fra1' });
    await expect(resumeOperation(id, work)).rejects.toMatchObject({ code: 'token-missing' });
    expect(world.operations.calls).toEqual([]);
  });
});

describe.each([
  ['cancelOperation', cancelOperation, 'Cancel creating edge?'],
  ['cleanUpOperation', cleanUpOperation, 'Clean up after edge?'],
])('%s', (_name, useCase, title) => {
  it('removes what it made once that is agreed to', async () => {
    const { work, world, face, id } = withOperation({ confirm: title });
    await useCase(id, work);
    expect(world.operations.calls).toEqual([`cancel ${id}`]);
    expect(world.operations.tokens).toEqual([SANDBOX_TOKEN]);
    face.finish();
  });

  it('does nothing when declined', async () => {
    const { work, world, id } = withOperation({ confirm: title, agree: false });
    await expect(useCase(id, work)).rejects.toThrow(Declined);
    expect(world.operations.calls).toEqual([]);
  });
});

describe('retryOperation', () => {
  it('starts the same again, and drops the record of one that left nothing', async () => {
    const test = withOperation();
    fail(test, []);
    const newId = await retryOperation(test.id, test.work);
    expect(test.world.operations.calls).toEqual(['start fra1 edge', `dismiss ${test.id}`]);
    expect(newId).not.toBe(test.id);
    expect(test.news).toEqual([{ kind: 'operation-dismissed', operationId: test.id }]);
    test.face.finish();
  });

  it('names what still costs money before it makes another one, and keeps the record', async () => {
    const test = withOperation({ confirm: 'Create another edge?' });
    fail(test, [DROPLET]);
    await retryOperation(test.id, test.work);
    expect(test.face.shown.join('\n')).toContain('droplet 312876543, $4/month');
    expect(test.world.operations.calls).toEqual(['start fra1 edge']);
    test.face.finish();
  });

  it('refuses a label that is taken meanwhile, without a question', async () => {
    const test = withOperation();
    fail(test, [DROPLET]);
    test.world.registry.changeFromOutside([{ ...EDGE, label: 'edge' }]);
    await expect(retryOperation(test.id, test.work)).rejects.toMatchObject({
      code: 'label-taken',
      message: 'There is already a server called edge.',
    });
    expect(test.world.operations.calls).toEqual([]);
  });

  it('keeps the first record when the second start is refused', async () => {
    const test = withOperation();
    fail(test, []);
    test.world.operations.startFailure = new ProvisioningError({
      code: 'provisioning-in-progress',
      message: 'Another provisioning operation is in progress.',
    });
    await expect(retryOperation(test.id, test.work)).rejects.toMatchObject({
      code: 'provisioning-in-progress',
    });
    expect(test.world.operations.calls).toEqual(['start fra1 edge']);
    test.face.finish();
  });
});

describe('closeOperation', () => {
  it.each<[string, readonly Resource[], boolean]>([
    ['that left nothing', [], true],
    ['of which something can be cleaned up', [DROPLET], false],
  ])('of a failure %s', async (_name, leftovers, isDropped) => {
    const test = withOperation();
    fail(test, leftovers);
    await closeOperation(test.id, test.work);
    expect(test.world.operations.calls).toEqual(isDropped ? [`dismiss ${test.id}`] : []);
    expect(test.news).toHaveLength(isDropped ? 1 : 0);
  });

  it('leaves a running one alone, and one that is gone', async () => {
    const { work, world, id } = withOperation();
    await closeOperation(id, work);
    await closeOperation('op9', work);
    expect(world.operations.calls).toEqual([]);
  });
});

describe('removalOf', () => {
  const ended = (status: Operation['status'], leftovers: readonly Resource[] = []): Operation =>
    ({ status, leftovers }) as unknown as Operation;

  it.each([
    ['cancel', ended('failed'), 'removed'],
    ['cancel', ended('succeeded'), 'too-late'],
    ['cancel', ended('failed-with-leftovers', [DROPLET]), 'left'],
    ['cancel', ended('cleaning-up'), 'left'],
    ['cancel', undefined, 'left'],
    ['cleanup', ended('failed'), 'removed'],
    ['cleanup', ended('succeeded'), 'removed'],
    ['cleanup', ended('succeeded', [DROPLET]), 'left'],
  ] as const)('%s of %j is %s', (asked, operation, removal) => {
    expect(removalOf(operation, asked)).toBe(removal);
  });
});
