import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import { Redactor } from '../../../src/services/log/redactor.js';
import { processStartOf } from '../../../src/services/process/identity.js';
import { journalPath, openJournal } from '../../../src/services/provisioning/journal/journal.js';
import type { JournalEntry } from '../../../src/services/provisioning/journal/records.js';
import { createOperations } from '../../../src/services/provisioning/operations-service.js';
import { FakeKeystore } from '../../app/fakes/fake-keystore.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const ID = '0123456789abcdef';
const DEFAULTS = {
  size: 's-1vcpu-512mb-10gb',
  image: 'ubuntu-24-04-x64',
  installer: '@lamalibre/create-portlama',
  apiUrl: 'http://127.0.0.1:9/',
};

async function write(home: string, entry: JournalEntry): Promise<void> {
  const journal = await openJournal(journalPath(home, ID), systemClock, new Redactor());
  await journal.write(entry);
  await journal.close();
}

it('cancel waits for the worker that another program is just starting, and stops that one', async () => {
  const home = await temporaryFolder();
  const begun: string[] = [];
  const operations = createOperations({
    home,
    clock: systemClock,
    redactor: new Redactor(),
    keystore: new FakeKeystore(),
    defaults: DEFAULTS,
    startWorker(_id, mode) {
      begun.push(mode);
      return { pid: undefined, exitCode: () => 1, lastWords: () => 'refused' };
    },
  });
  const serverId = '3f0e6a52-5d1e-4a57-9d0c-0a1b2c3d4e5f';
  const request = { id: ID, serverId, label: 'edge', region: 'fra1', ...DEFAULTS };
  await write(home, { event: 'operation', request });
  const cancelling = operations.cancel(ID, 'token');
  await delay(100);
  const worker = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  onTestFinished(() => void worker.kill('SIGKILL'));
  await once(worker, 'spawn');
  const { pid = 0 } = worker;
  const ended = once(worker, 'exit');
  const startedAt = (await processStartOf(pid)) ?? '';
  await write(home, { event: 'worker', pid, startedAt, mode: 'run' });
  await cancelling;
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(begun).toEqual([]);
});
