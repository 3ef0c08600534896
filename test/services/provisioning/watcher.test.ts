import { appendFile, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
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
import type { JournalEntry } from '../../../src/services/provisioning/journal/records.js';
import type { OperationNews } from '../../../src/services/provisioning/operations.js';
import { OperationsWatcher } from '../../../src/services/provisioning/watcher.js';
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
  const watcher = new OperationsWatcher(home, systemClock);
  expect(await watcher.list()).toEqual([]);
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
    expect(await watcher.list()).toEqual([whole]);
    expect(await watcher.list()).toEqual([whole]);
  }
});

it('calls nothing interrupted that was begun just now, and what no worker took up only then', async () => {
  const home = await temporaryFolder();
  let passedMs = 0;
  const watcher = new OperationsWatcher(home, {
    ...systemClock,
    now: () => Date.now() + passedMs,
  });
  await written(home, request('edge'));
  expect(await watcher.list()).toMatchObject([{ status: 'running' }]);
  passedMs = 20_000;
  expect(await watcher.list()).toMatchObject([{ status: 'interrupted' }]);
});

it('waits for the rest of a line, and begins anew with another file', async () => {
  const home = await temporaryFolder();
  const watcher = new OperationsWatcher(home, systemClock);
  await written(home, request('edge'));
  const path = journalPath(home, ID);
  expect(await watcher.list()).toMatchObject([{ request: { label: 'edge' }, cancelled: false }]);
  await appendFile(path, '{"at":1,"event":"can');
  expect(await watcher.list()).toMatchObject([{ cancelled: false }]);
  await appendFile(path, 'cel"}\n');
  expect(await watcher.list()).toMatchObject([{ cancelled: true }]);
  const other = (await readFile(path, 'utf8')).split('\n')[0]!.replace('edge', 'other');
  await writeFile(`${path}.new`, `${other}\n`);
  await rename(`${path}.new`, path);
  expect(await watcher.list()).toMatchObject([{ request: { label: 'other' }, cancelled: false }]);
  await rm(operationFolder(home, ID), { recursive: true });
  expect(await watcher.list()).toEqual([]);
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

function log(text: string): JournalEntry {
  return { event: 'log', step: 'wait_ssh', text };
}

/** What a follower is told. */
interface Heard {
  readonly records: string[];
  readonly starts: number[];
  readonly states: (string | undefined)[];
  readonly errors: unknown[];
  dispose(): void;
}

function follow(watcher: OperationsWatcher): Heard {
  const [records, starts]: [string[], number[]] = [[], []];
  const states: (string | undefined)[] = [];
  const errors: unknown[] = [];
  const onNews = (news: OperationNews): void => {
    if (news.kind === 'state') states.push(news.operation?.status);
    else {
      if (news.fromStart) starts.push(records.length);
      for (const record of news.records)
        records.push(record.event === 'log' ? record.text : record.event);
    }
  };
  const following = watcher.follow(ID, { onNews, onError: (error) => errors.push(error) });
  onTestFinished(() => following.dispose());
  return { records, starts, states, errors, dispose: () => following.dispose() };
}

it('hands a follower every record once, old ones first, even one torn across reads', async () => {
  const home = await temporaryFolder();
  await written(home, request('edge'), log('old'));
  const watcher = new OperationsWatcher(home, systemClock);
  // What was listed before has no log lines yet.
  await watcher.list();
  const heard = follow(watcher);
  await expect.poll(() => heard.records).toEqual(['operation', 'old']);
  const line = JSON.stringify({ at: 1, ...log('zerrissen ✔') });
  const bytes = Buffer.from(`${line}\n`);
  const middle = bytes.indexOf('✔') + 1;
  await appendFile(journalPath(home, ID), bytes.subarray(0, middle));
  await new Promise((resolve) => setTimeout(resolve, 120));
  await appendFile(journalPath(home, ID), bytes.subarray(middle));
  await expect.poll(() => heard.records).toEqual(['operation', 'old', 'zerrissen ✔']);
  expect(heard.starts).toEqual([0]);
  heard.dispose();
  await written(home, log('unseen'));
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(heard.records).toHaveLength(3);
});

it('hands over the last records of a journal that is removed right after them, then that it is gone', async () => {
  const home = await temporaryFolder();
  await written(home, request('edge'));
  const heard = follow(new OperationsWatcher(home, systemClock));
  await expect.poll(() => heard.records).toEqual(['operation']);
  await written(home, log('last'), { event: 'rolled-back', leftovers: [] });
  await rm(operationFolder(home, ID), { recursive: true });
  await expect.poll(() => heard.records).toEqual(['operation', 'last', 'rolled-back']);
  await expect
    .poll(() => heard.states, { timeout: 5_000 })
    .toEqual(['running', 'failed', undefined]);
});

it('tells a second follower all of it too, and the first that it begins anew', async () => {
  const home = await temporaryFolder();
  await written(home, request('edge'), log('one'));
  const watcher = new OperationsWatcher(home, systemClock);
  const first = follow(watcher);
  await expect.poll(() => first.records).toHaveLength(2);
  const second = follow(watcher);
  await expect.poll(() => second.records).toEqual(['operation', 'one']);
  expect(first.starts).toEqual([0, 2]);
  await written(home, log('two'));
  await expect.poll(() => second.records.at(-1)).toBe('two');
  expect(first.records.at(-1)).toBe('two');
});

it('tells a follower within seconds that a worker ended without a word', async () => {
  const home = await temporaryFolder();
  const startedAt = (await processStartOf(process.pid)) ?? '';
  await written(home, request('edge'), {
    event: 'worker',
    pid: process.pid,
    startedAt,
    mode: 'run',
  });
  const heard = follow(new OperationsWatcher(home, systemClock));
  await expect.poll(() => heard.states).toEqual(['running']);
  await written(home, {
    event: 'worker',
    pid: process.pid,
    startedAt: 'of an earlier process',
    mode: 'run',
  });
  await expect.poll(() => heard.states.at(-1), { timeout: 5_000 }).toBe('interrupted');
});

it('reports to a watcher what is begun, changes and goes, and nothing twice as another object', async () => {
  const home = await temporaryFolder();
  const watcher = new OperationsWatcher(home, systemClock);
  const reports: (readonly unknown[])[] = [];
  const watching = watcher.watch({
    onChange: (operations) => reports.push(operations),
    onError: (error) => reports.push([error]),
  });
  onTestFinished(() => watching.dispose());
  await watcher.list();
  await written(home, request('edge'));
  await watcher.list();
  await watcher.list();
  expect(reports).toMatchObject([[], [{ status: 'running' }], [{ status: 'running' }]]);
  expect(reports[2]?.[0]).toBe(reports[1]?.[0]);
  await written(home, { event: 'rolled-back', leftovers: [] });
  // By itself, while one is under way.
  await expect.poll(() => reports.at(-1), { timeout: 5_000 }).toMatchObject([{ status: 'failed' }]);
  await rm(operationFolder(home, ID), { recursive: true });
  await watcher.look(ID);
  expect(reports.at(-1)).toEqual([]);
});

it('tells listeners and followers of a journal that cannot be read', async () => {
  const home = await temporaryFolder();
  await written(home, request('edge'));
  const path = journalPath(home, ID);
  await rename(path, `${path}.real`);
  await symlink(`${path}.real`, path);
  const watcher = new OperationsWatcher(home, systemClock);
  const heard = follow(watcher);
  await expect.poll(() => heard.errors).toMatchObject([{ code: 'symbolic-link' }]);
  await expect(watcher.list()).rejects.toMatchObject({ code: 'symbolic-link' });
});
