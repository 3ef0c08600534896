import { appendFile, lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import { Redactor } from '../../../src/services/log/redactor.js';
import { journalPath, openJournal } from '../../../src/services/provisioning/journal/journal.js';
import { createOperations } from '../../../src/services/provisioning/operations-service.js';
import { keepPast, listPast } from '../../../src/services/provisioning/past-operations.js';
import { FakeKeystore } from '../../app/fakes/fake-keystore.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const REQUEST = {
  serverId: '3f0e6a52-5d1e-4a57-9d0c-0a1b2c3d4e5f',
  label: 'edge',
  region: 'fra1',
  size: 's-1vcpu-512mb-10gb',
  image: 'ubuntu-24-04-x64',
  installer: '@lamalibre/create-portlama',
  apiUrl: 'http://127.0.0.1:9/',
};

function operationsOf(home: string) {
  return createOperations({
    home,
    clock: systemClock,
    redactor: new Redactor(),
    keystore: new FakeKeystore(),
    defaults: REQUEST,
    startWorker: () => {
      throw new Error('no worker is expected');
    },
  });
}

/** An operation that ended with nothing left. */
async function ended(home: string, id: string, cancelled: boolean): Promise<void> {
  const journal = await openJournal(journalPath(home, id), systemClock, new Redactor());
  await journal.write({ event: 'operation', request: { ...REQUEST, id } });
  if (cancelled) await journal.write({ event: 'cancel' });
  else
    await journal.write({
      event: 'error',
      step: 'create_droplet',
      code: 'limit',
      message: 'The droplet limit is reached.',
    });
  await journal.write({ event: 'rolled-back', leftovers: [] });
  await journal.close();
}

it('has each operation that was dismissed, newest first: a cancelled one did not fail', async () => {
  const home = await temporaryFolder();
  const operations = operationsOf(home);
  expect(await operations.past()).toEqual([]);
  await ended(home, '0000000000000001', false);
  await operations.dismiss('0000000000000001');
  await ended(home, '0000000000000002', true);
  await operations.dismiss('0000000000000002');
  expect(await operations.list()).toEqual([]);
  expect(await operations.past()).toMatchObject([
    { id: '0000000000000002', label: 'edge', end: 'cancelled' },
    { id: '0000000000000001', end: 'failed', reason: 'The droplet limit is reached.' },
  ]);
  expect((await lstat(join(home, 'operations.ndjson'))).mode & 0o777).toBe(0o600);
});

it('keeps 500, each once, past lines that are no operations', async () => {
  const home = await temporaryFolder();
  const operations = operationsOf(home);
  await ended(home, '0000000000000001', false);
  const [operation] = await operations.list();
  const path = join(home, 'operations.ndjson');
  for (const id of ['a', 'b', 'a']) await keepPast(home, systemClock, { ...operation!, id });
  expect((await listPast(home)).map(({ id }) => id)).toEqual(['a', 'b']);
  const line = (await readFile(path, 'utf8')).split('\n')[0]!;
  const many = Array.from({ length: 600 }, (_, index) => line.replace('"b"', `"n${index}"`));
  await appendFile(path, ['null', '{', '{"id":7}', ...many, ''].join('\n'));
  await keepPast(home, systemClock, { ...operation!, id: 'last' });
  const kept = await listPast(home);
  expect(kept).toHaveLength(500);
  expect(kept[0]!.id).toBe('last');
  expect(kept.at(-1)!.id).toBe('n101');
});
