import { appendFile, mkdir, readFile, stat, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import { Redactor } from '../../../src/services/log/redactor.js';
import {
  journalPath,
  listOperationIds,
  openJournal,
  operationFolder,
} from '../../../src/services/provisioning/journal/journal.js';
import { readJournal } from '../../fixtures/read-journal.js';
import type { JournalEntry } from '../../../src/services/provisioning/journal/records.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const ID = '0123456789abcdef';

function logEntry(text: string): JournalEntry {
  return { event: 'log', step: 'wait_ssh', text };
}

async function openIn(home: string, redactor = new Redactor()) {
  return await openJournal(journalPath(home, ID), systemClock, redactor);
}

describe('journal', () => {
  it('is private and keeps the order in which records were written', async () => {
    const home = await temporaryFolder();
    const journal = await openIn(home);
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => journal.write(logEntry(`line ${index}`))),
    );
    await journal.close();
    const records = await readJournal(journalPath(home, ID));
    expect(records?.map((record) => record.event === 'log' && record.text)).toEqual(
      Array.from({ length: 200 }, (_, index) => `line ${index}`),
    );
    expect((await stat(journalPath(home, ID))).mode & 0o777).toBe(0o600);
    expect((await stat(operationFolder(home, ID))).mode & 0o777).toBe(0o700);
    expect(await listOperationIds(home)).toEqual([ID]);
  });

  it('never holds a secret, whatever is written', async () => {
    const home = await temporaryFolder();
    const redactor = new Redactor();
    redactor.add('tea"for\\two-secret');
    const journal = await openIn(home, redactor);
    await journal.write(logEntry('password is tea"for\\two-secret, really'));
    await journal.write(logEntry(`token dop_v1_${'a'.repeat(64)}`));
    await journal.write(logEntry('-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz'));
    await journal.close();
    const text = await readFile(journalPath(home, ID), 'utf8');
    expect(text).not.toMatch(/two-secret|aaaaaaaa|b3BlbnNz/);
    expect(await readJournal(journalPath(home, ID))).toHaveLength(3);
  });

  it.each(['', '..', '../other', '0123456789abcdef/..', '0123456789ABCDEF', '0123456789abcde'])(
    'is in the folder of operations: %j names none',
    (id) => {
      expect(() => operationFolder('/home', id)).toThrow(
        expect.objectContaining({ code: 'operation-unknown' }),
      );
    },
  );

  it('is not written through a symbolic link', async () => {
    const home = await temporaryFolder();
    const target = join(home, 'target');
    await mkdir(operationFolder(home, ID), { recursive: true });
    await symlink(target, journalPath(home, ID));
    await expect(openIn(home)).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('survives a torn last line and goes on behind it', async () => {
    const home = await temporaryFolder();
    const first = await openIn(home);
    await first.write(logEntry('whole'));
    await first.close();
    await appendFile(journalPath(home, ID), '{"at":1,"event":"log","st');
    expect(await readJournal(journalPath(home, ID))).toHaveLength(1);
    const second = await openIn(home);
    await second.write(logEntry('after'));
    await second.close();
    const texts = (await readJournal(journalPath(home, ID)))?.map(
      (record) => record.event === 'log' && record.text,
    );
    expect(texts).toEqual(['whole', 'after']);
  });

  it('keeps what a droplet prints up to a share, says so once, and everything else always', async () => {
    const home = await temporaryFolder();
    const step = 'install_portlama';
    const substep: JournalEntry = {
      event: 'substep',
      step,
      name: 'install_node',
      status: 'running',
      offset: 7,
    };
    for (let run = 0; run < 2; run++) {
      const journal = await openIn(home);
      for (let count = 0; count < 300; count++) {
        await journal.write({ event: 'log', step, text: 'x'.repeat(60_000), offset: 7 });
      }
      await journal.write(substep);
      await journal.write(logEntry('of this program'));
      await journal.close();
    }
    const records = (await readJournal(journalPath(home, ID)))!;
    const texts = records.flatMap((record) => (record.event === 'log' ? [record.text] : []));
    expect(texts.filter((text) => /^x+$/.test(text))).toHaveLength(280);
    expect(texts.filter((text) => !/^x+$/.test(text))).toEqual([
      expect.stringContaining('16 MiB'),
      'of this program',
      'of this program',
    ]);
    expect(records.filter(({ event }) => event === 'substep')).toHaveLength(2);
  });

  it('goes on without what a droplet prints when it is long, whatever it holds', async () => {
    const home = await temporaryFolder();
    const first = await openIn(home);
    await first.close();
    const path = journalPath(home, ID);
    const long = 17 * 1024 * 1024;
    await truncate(path, long);
    const journal = await openIn(home);
    const step = 'install_portlama';
    await journal.write({ event: 'substep', step, name: 'a', status: 'running', offset: 7 });
    await journal.write({ event: 'log', step, text: 'x', offset: 7 });
    expect((await stat(path)).size).toBe(long);
    await journal.write(logEntry('of this program'));
    await journal.write({ event: 'rolled-back', leftovers: [] });
    await journal.close();
    expect(await readJournal(path)).toMatchObject([{ event: 'log' }, { event: 'rolled-back' }]);
  });
});
