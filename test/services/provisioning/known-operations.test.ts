import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import { Redactor } from '../../../src/services/log/redactor.js';
import { processStartOf } from '../../../src/services/process/identity.js';
import { foldJournal } from '../../../src/services/provisioning/journal/fold.js';
import { JournalTail } from '../../../src/services/provisioning/journal/journal-tail.js';
import {
  journalPath,
  openJournal,
  operationFolder,
} from '../../../src/services/provisioning/journal/journal.js';
import { readJournal } from '../../fixtures/read-journal.js';
import { KnownOperations } from '../../../src/services/provisioning/journal/known-operations.js';
import type { JournalEntry } from '../../../src/services/provisioning/journal/records.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const ID = '0123456789abcdef';

function request(label: string): JournalEntry {
  return {
    event: 'operation',
    request: {
      id: ID,
      serverId: '3f0e6a52-5d1e-4a57-9d0c-0a1b2c3d4e5f',
      label,
      region: 'fra1',
      size: 's-1vcpu-512mb-10gb',
      image: 'ubuntu-24-04-x64',
      installer: '@lamalibre/create-portlama',
      apiUrl: 'http://127.0.0.1:9/',
    },
  };
}

async function written(home: string, ...entries: readonly JournalEntry[]): Promise<void> {
  const journal = await openJournal(journalPath(home, ID), systemClock, new Redactor());
  for (const entry of entries) await journal.write(entry);
  await journal.close();
}

it('knows after each record what the whole journal adds up to', async () => {
  const home = await temporaryFolder();
  const known = new KnownOperations(home, systemClock);
  expect(await known.list()).toEqual([]);
  const startedAt = (await processStartOf(process.pid)) ?? '';
  const entries: readonly JournalEntry[] = [
    request('edge'),
    { event: 'worker', pid: process.pid, startedAt, mode: 'run' },
    { event: 'step', step: 'install_portlama', status: 'running' },
    { event: 'substep', step: 'install_portlama', name: 'install_node', status: 'running' },
    { event: 'substep', step: 'install_portlama', name: 'install_node', status: 'complete' },
    { event: 'waiting', step: 'install_portlama', text: 'for the network' },
    { event: 'log', step: 'install_portlama', text: 'x'.repeat(200_000) },
    { event: 'worker', pid: process.pid, startedAt: 'of an earlier process', mode: 'run' },
    { event: 'error', step: 'install_portlama', code: 'x', message: 'It failed.' },
    { event: 'rolled-back', leftovers: [] },
  ];
  for (const [index, entry] of entries.entries()) {
    await written(home, entry);
    // Before its worker says so as well: it is only starting.
    const lives = index < 7;
    const whole = foldJournal(
      (await readJournal(journalPath(home, ID))) ?? [],
      lives ? 'alive' : 'gone',
    );
    expect(await known.list()).toEqual([whole]);
    expect(await known.list()).toEqual([whole]);
  }
});

it('calls nothing interrupted that was begun just now, and what no worker took up only then', async () => {
  const home = await temporaryFolder();
  let passedMs = 0;
  const known = new KnownOperations(home, { now: () => Date.now() + passedMs });
  await written(home, request('edge'));
  expect(await known.list()).toMatchObject([{ status: 'running' }]);
  passedMs = 20_000;
  expect(await known.list()).toMatchObject([{ status: 'interrupted' }]);
});

it('waits for the rest of a line, and begins anew with another file', async () => {
  const home = await temporaryFolder();
  const known = new KnownOperations(home, systemClock);
  await written(home, request('edge'));
  const path = journalPath(home, ID);
  expect(await known.list()).toMatchObject([{ request: { label: 'edge' }, cancelled: false }]);
  await appendFile(path, '{"at":1,"event":"can');
  expect(await known.list()).toMatchObject([{ cancelled: false }]);
  await appendFile(path, 'cel"}\n');
  expect(await known.list()).toMatchObject([{ cancelled: true }]);
  const other = (await readFile(path, 'utf8')).split('\n')[0]!.replace('edge', 'other');
  await writeFile(`${path}.new`, `${other}\n`);
  await rename(`${path}.new`, path);
  expect(await known.list()).toMatchObject([{ request: { label: 'other' }, cancelled: false }]);
  await rm(operationFolder(home, ID), { recursive: true });
  expect(await known.list()).toEqual([]);
});

it('reads no byte of a journal twice', async () => {
  const tail = new JournalTail();
  const reads: [from: number, bytes: number][] = [];
  let content = Buffer.from('{"at":1,"event":"cancel"}\n'.repeat(5_000));
  const file = {
    read: async (into: Buffer, at: number, length: number, from: number) => {
      const bytesRead = content.copy(into, at, from, from + length);
      reads.push([from, bytesRead]);
      return { bytesRead };
    },
  } as unknown as Parameters<JournalTail['read']>[0];
  let records = 0;
  const take = (some: readonly unknown[]): void => void (records += some.length);
  await tail.read(file, take);
  content = Buffer.concat([content, Buffer.from('{"at":2,"event":"cancel"}\n')]);
  await tail.read(file, take);
  expect(records).toBe(5_001);
  expect(reads.reduce((sum, [, bytes]) => sum + bytes, 0)).toBe(content.length);
  expect(reads.filter(([, bytes]) => bytes > 0).length).toBeGreaterThan(2);
});
