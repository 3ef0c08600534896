import { describe, expect, it } from 'vitest';
import { autheliaPasswordKey, p12PasswordKey } from '../../src/services/keystore/keystore.js';
import { Declined } from '../../src/usecases/face.js';
import type { KeyWork } from '../../src/usecases/work.js';
import { removeServer } from '../../src/usecases/remove-server.js';
import { EDGE, OLD_BOX } from '../app/fakes/fake-world.js';
import { testWork } from './work.js';

describe('removeServer', () => {
  it('removes entry, files and passwords, and says that a droplet goes on costing', async () => {
    const { work, world, face } = testWork(
      { servers: [EDGE, OLD_BOX] },
      { confirm: 'Remove fra1-edge from the list?' },
    );
    const keys = [p12PasswordKey(EDGE.id), autheliaPasswordKey(EDGE.id)];
    for (const key of keys) await world.keystore.set(key, 'secret');
    expect(await removeServer('fra1-edge', work)).toEqual(EDGE);
    expect(face.shown.join('\n')).toContain(`Droplet ${EDGE.providerId} costs money until`);
    expect(await world.registry.list()).toEqual([OLD_BOX]);
    expect(world.removedFiles).toEqual([EDGE.id]);
    for (const key of keys) expect(await world.keystore.get(key)).toBeUndefined();
    expect(face.said).toEqual(['Removed fra1-edge; the server keeps running.']);
    face.finish();
  });

  it('deletes every password that it can, whatever else cannot be removed', async () => {
    const { work, world } = testWork(
      { servers: [EDGE] },
      { confirm: 'Remove fra1-edge from the list?' },
    );
    const [first, second] = [autheliaPasswordKey(EDGE.id), p12PasswordKey(EDGE.id)];
    for (const key of [first, second]) await world.keystore.set(key, 'secret');
    const { keystore } = world;
    const stuck: KeyWork = {
      ...work,
      removeServerFiles: () => Promise.reject(new Error('The folder is read-only.')),
      keystore: {
        kind: keystore.kind,
        title: keystore.title,
        probe: () => keystore.probe(),
        get: (key) => keystore.get(key),
        set: (key, secret) => keystore.set(key, secret),
        delete: (key) =>
          key.service === first.service
            ? Promise.reject(new Error('The entry is in use.'))
            : keystore.delete(key),
      },
    };
    await expect(removeServer('fra1-edge', stuck)).rejects.toMatchObject({
      message: expect.stringMatching(/The folder is read-only\..*The entry is in use\./) as string,
      hint: expect.stringContaining(`${first.service} / ${EDGE.id}`) as string,
    });
    expect(await world.registry.list()).toEqual([]);
    expect(await keystore.get(first)).toBe('secret');
    expect(await keystore.get(second)).toBeUndefined();
  });

  it('ends work on the server, whose records nothing could resume', async () => {
    const { work, world } = testWork(
      { servers: [EDGE, OLD_BOX] },
      { confirm: 'Remove fra1-edge from the list?' },
    );
    const { operations } = world;
    operations.perform = ({ signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    const wanted = { kind: 'update', version: '0.1.31' } as const;
    await operations.startUpkeep(EDGE, wanted, {});
    const others = await operations.startUpkeep(OLD_BOX, wanted, {});
    await removeServer('fra1-edge', work);
    expect((await operations.list()).map(({ id }) => id)).toEqual([others]);
    await operations.cancel(others, '');
  });

  it('says nothing of costs for a server added by hand, and changes nothing when declined', async () => {
    const { work, world, face } = testWork(
      { servers: [EDGE, OLD_BOX] },
      { confirm: 'Remove old-box from the list?', agree: false },
    );
    await expect(removeServer(OLD_BOX.id, work)).rejects.toThrow(Declined);
    expect(face.shown.join('\n')).not.toContain('costs money');
    expect(await world.registry.list()).toEqual([EDGE, OLD_BOX]);
  });
});
