import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/services/registry/registry.js';
import { Declined } from '../../src/usecases/face.js';
import { restoreServers } from '../../src/usecases/restore-servers.js';
import { EDGE } from '../app/fakes/fake-world.js';
import { testWork, type TestWork } from './work.js';
import type { Answer } from './scripted-face.js';

const QUESTION = { confirm: 'Restore the newest backup?' };
const KEPT = '/home/ops/.portlama/broken-servers.json';

function unreadable(...answers: readonly Answer[]): TestWork {
  const test = testWork({ servers: [EDGE] }, ...answers);
  test.world.registry.failure = new RegistryError({
    code: 'registry-unreadable',
    message: 'servers.json does not parse.',
  });
  return test;
}

describe('restoreServers', () => {
  it('replaces a file that cannot be read, once that is agreed to, and keeps it', async () => {
    const { work, face, news } = unreadable(QUESTION);
    expect(await restoreServers(work)).toBe(KEPT);
    expect(await work.registry.list()).toEqual([EDGE]);
    expect(face.said.join()).toContain(KEPT);
    expect(news).toEqual([{ kind: 'servers-changed' }]);
    face.finish();
  });

  it('replaces nothing when declined', async () => {
    const { work } = unreadable({ ...QUESTION, agree: false });
    await expect(restoreServers(work)).rejects.toThrow(Declined);
    await expect(work.registry.list()).rejects.toMatchObject({ code: 'registry-unreadable' });
  });

  it('refuses while the file can be read, unasked', async () => {
    const { work } = testWork({ servers: [EDGE] });
    await expect(restoreServers(work)).rejects.toMatchObject({ code: 'nothing-to-restore' });
  });

  it('tells of a file that cannot be reached as that, and replaces nothing', async () => {
    const { work, world } = testWork({ servers: [EDGE] });
    world.registry.failure = new Error('EACCES: permission denied');
    await expect(restoreServers(work)).rejects.toThrow('EACCES');
  });

  it('holds nothing any more when the backup cannot be read either', async () => {
    const { work, face } = unreadable(QUESTION);
    const failure = new Error('There is no backup.');
    const broken = { ...work, restoreServers: () => Promise.reject(failure) };
    await expect(restoreServers(broken)).rejects.toThrow('no backup');
    face.finish();
  });
});
