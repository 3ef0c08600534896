import { appendFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foldJournal, SUBSTEPS_MAX } from '../../../src/services/provisioning/journal/fold.js';
import {
  JournalTail,
  openToRead,
  readHistory,
} from '../../../src/services/provisioning/journal/journal-tail.js';
import type {
  JournalEntry,
  JournalRecord,
} from '../../../src/services/provisioning/journal/records.js';
import * as fc from '../../fixtures/fast-check.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const STEP = 'install_portlama';
const OPERATION: JournalEntry = {
  event: 'operation',
  request: {
    id: '0123456789abcdef',
    serverId: '3f0e6a52-5d1e-4a57-9d0c-0a1b2c3d4e5f',
    label: 'edge',
    region: 'fra1',
    size: 's-1vcpu-512mb-10gb',
    image: 'ubuntu-24-04-x64',
    installer: '@lamalibre/create-portlama',
    apiUrl: 'http://127.0.0.1:9/',
  },
};
const RESOURCE = { kind: 'tag', id: 'portlama:op:1', monthlyUsd: 0, removeBy: 'by hand' } as const;

function lineOf(entry: JournalEntry, at = 1): string {
  return `${JSON.stringify({ at, ...entry })}\n`;
}

async function journalWith(...parts: readonly string[]): Promise<string> {
  const path = join(await temporaryFolder(), 'journal.ndjson');
  await writeFile(path, parts.join(''));
  return path;
}

const text = fc.constantFrom(
  'plain',
  '"offset":99}',
  ',"offset":7}',
  '{"at":1,"event":"log",',
  'ä\\"',
);
const offset = fc.option(fc.nat({ max: 1_000 }), { nil: undefined });
const entry: fc.Arbitrary<JournalEntry> = fc.oneof(
  fc.record({ event: fc.constant('log'), step: fc.constant(STEP), text, offset }),
  fc.record({
    event: fc.constant('substep'),
    step: fc.constant(STEP),
    name: fc.nat({ max: SUBSTEPS_MAX + 9 }).map((index) => `step_${index}`),
    status: fc.constantFrom('running', 'complete', 'failed'),
    offset,
  }),
  fc.record({ event: fc.constant('waiting'), step: fc.constant(STEP), text }),
  fc.record({ event: fc.constant('clock'), byMs: fc.integer({ min: -9_000, max: 9_000 }) }),
  fc.constantFrom<JournalEntry>(
    { event: 'worker', pid: 1, startedAt: '', mode: 'run' },
    { event: 'step', step: STEP, status: 'running' },
    { event: 'step', step: STEP, status: 'done', data: {} },
    { event: 'error', step: STEP, code: 'x', message: 'It failed.' },
    { event: 'cancel' },
    { event: 'rollback', resource: RESOURCE, status: 'removed' },
    { event: 'rolled-back', leftovers: [RESOURCE] },
  ),
);

function furthest(records: readonly JournalRecord[]): number {
  return Math.max(0, ...records.map((record) => ('offset' in record && record.offset) || 0));
}

describe('the history of an operation', () => {
  it('adds up to the same operation as the whole journal, from as far in the droplet’s log', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 200 }), async (entries) => {
        const lines = [OPERATION, ...entries].map((each, index) => lineOf(each, index));
        const records = lines.map((line) => JSON.parse(line) as JournalRecord);
        const history = (await readHistory(await journalWith(...lines)))!;
        expect(foldJournal(history, 'gone')).toEqual(foldJournal(records, 'gone'));
        expect(furthest(history)).toBe(furthest(records));
        expect(history.filter(({ event }) => event === 'log').length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  it('has few records, however much a droplet printed', async () => {
    const printed = Array.from({ length: 30_000 }, (_, index) => [
      lineOf({ event: 'substep', step: STEP, name: `step_${index}`, status: 'running' }),
      lineOf({ event: 'log', step: STEP, text: `line ${index}`, offset: index }),
    ]).flat();
    const history = await readHistory(await journalWith(lineOf(OPERATION), ...printed));
    expect(history!.length).toBeLessThanOrEqual(2 * SUBSTEPS_MAX + 2);
    expect(furthest(history!)).toBe(29_999);
  });

  it('is read behind a line that is longer than any record', async () => {
    const path = await journalWith(lineOf(OPERATION));
    await truncate(path, 3 * 1024 * 1024);
    await appendFile(path, `\n${lineOf({ event: 'cancel' })}`);
    expect((await readHistory(path))?.map(({ event }) => event)).toEqual(['operation', 'cancel']);
  });

  it('leaves out records that lack their parts', async () => {
    const broken = ['operation', 'rollback', 'rolled-back', 'complete']
      .map((event) => `${JSON.stringify({ at: 1, event, leftovers: null })}\n`)
      .join('');
    const path = await journalWith(broken, 'null\n', '[]\n', '{"at":1}\n', lineOf(OPERATION));
    const history = (await readHistory(path))!;
    expect(history).toEqual([{ at: 1, ...OPERATION }]);
    expect(foldJournal(history, 'gone')).toMatchObject({ status: 'interrupted' });
  });

  it('is never read through a symbolic link', async () => {
    const path = await journalWith(lineOf(OPERATION));
    const link = join(await temporaryFolder(), 'journal.ndjson');
    await symlink(path, link);
    await expect(readHistory(link)).rejects.toMatchObject({ code: 'symbolic-link' });
    await expect(openToRead(link)).rejects.toMatchObject({ code: 'symbolic-link' });
  });
});

it('a journal’s reader keeps one line at most, and of a longer one nothing', async () => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const line = Buffer.from(lineOf({ event: 'cancel' }));
  const content = [...Array.from({ length: 1_000 }, () => chunk), Buffer.from('\n'), line];
  let mostHeld = 0;
  let next = 0;
  const tail = new JournalTail();
  const file = {
    read: async (into: Buffer) => {
      mostHeld = Math.max(mostHeld, tail.held);
      return { bytesRead: content[next++]?.copy(into) ?? 0 };
    },
  } as unknown as Parameters<JournalTail['read']>[0];
  const records: unknown[] = [];
  await tail.read(file, (some) => records.push(...some));
  expect(records).toEqual([{ at: 1, event: 'cancel' }]);
  expect(mostHeld).toBeLessThanOrEqual(512 * 1024);
});
