import { stat } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { LOG_MAX_BYTES, LOG_MAX_LINES } from '../../src/services/installer/installer.js';
import { NdjsonReader } from '../../src/services/installer/ndjson.js';
import { readRemoteFiles } from '../../src/services/ssh/read-files.js';
import type { SshConnection } from '../../src/services/ssh/ssh.js';
import { SUBSTEPS_MAX } from '../../src/services/provisioning/journal/fold.js';
import { journalPath } from '../../src/services/provisioning/journal/journal.js';
import { OperationsWatcher } from '../../src/services/provisioning/watcher.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';
import {
  type HostileDroplet,
  type Hostility,
  sparseFile,
  startHostileDroplet,
} from './hostile/droplet.js';

const KIB = 1024;
const MIB = 1024 * KIB;
/** What is taken beside the log. */
const ERRORS_MAX_BYTES = 16 * KIB;
/** A journal with all of a droplet's share, and the last line of it. */
const JOURNAL_MAX_BYTES = 17 * MIB + 512 * KIB;
/** So near the limit of the log's bytes does a droplet go on that is not to print all of it here. */
const NEAR_THE_END = LOG_MAX_BYTES - 2 * MIB;
const LIMIT_MS = 120_000;

const STEPS = String.raw`awk 'BEGIN { for (i = 0; ; i++) printf "{\"event\":\"step\",\"step\":\"s_%d\",\"status\":\"running\"}\n", i }'`;
const LONG_LINE = `l=x; while [ "\${#l}" -lt 60000 ]; do l=$l$l; done; /usr/bin/yes "$l"`;

interface Cell {
  readonly hostility: Hostility;
  readonly code: string;
  /** Of the droplet's log that the journal has already. */
  readonly logOffset?: number;
  /** Length of the journal before. */
  readonly journalBytes?: number;
  readonly maxBytes: number;
  readonly maxLines: number;
}

/** One SSH packet may come beyond each limit on bytes. */
const SLACK = 64 * KIB;
const CELLS: Readonly<Record<string, Cell>> = {
  'endless short lines': {
    hostility: { follow: '/usr/bin/yes x' },
    code: 'log-too-long',
    journalBytes: 17 * MIB,
    maxBytes: LOG_MAX_BYTES,
    maxLines: LOG_MAX_LINES,
  },
  'endless long lines': {
    hostility: { follow: LONG_LINE },
    code: 'log-too-long',
    logOffset: LOG_MAX_BYTES - 24 * MIB,
    maxBytes: 24 * MIB,
    maxLines: (24 * MIB) / 65_536,
  },
  'empty lines': {
    hostility: { follow: "/usr/bin/yes ''" },
    code: 'log-too-long',
    logOffset: NEAR_THE_END,
    maxBytes: 2 * MIB,
    maxLines: 0,
  },
  'a line without an end': {
    hostility: { follow: "/usr/bin/yes x | tr -d '\\n'" },
    code: 'log-too-long',
    logOffset: NEAR_THE_END,
    maxBytes: 2 * MIB,
    maxLines: 1,
  },
  'endless steps': {
    hostility: { follow: STEPS },
    code: 'log-too-long',
    logOffset: NEAR_THE_END,
    maxBytes: 2 * MIB,
    maxLines: (2 * MIB) / 50,
  },
  'errors without an end beside the log': {
    hostility: { follow: '/usr/bin/yes >&2' },
    code: 'output-too-large',
    maxBytes: ERRORS_MAX_BYTES,
    maxLines: 0,
  },
  'a log that was too long before': {
    hostility: { follow: '/usr/bin/yes x' },
    code: 'log-too-long',
    logOffset: LOG_MAX_BYTES + MIB,
    maxBytes: 0,
    maxLines: 0,
  },
  'a start that talks without an end': {
    hostility: { start: '/usr/bin/yes' },
    code: 'output-too-large',
    maxBytes: ERRORS_MAX_BYTES,
    maxLines: 0,
  },
  'an endless exit file': {
    hostility: { exitFile: '/dev/zero' },
    code: 'install-interrupted',
    maxBytes: KIB,
    maxLines: 0,
  },
};

async function aDroplet(hostility: Hostility, journalBytes?: number): Promise<HostileDroplet> {
  const droplet = await startHostileDroplet(hostility, journalBytes);
  onTestFinished(() => droplet.end());
  return droplet;
}

describe('a droplet with', { timeout: LIMIT_MS }, () => {
  it.each(Object.entries(CELLS))('%s is stopped at its limits, and listed', async (_name, cell) => {
    const droplet = await aDroplet(cell.hostility, cell.journalBytes);
    await expect(droplet.install(cell.logOffset)).rejects.toMatchObject({ code: cell.code });
    expect(droplet.taken.bytes).toBeLessThanOrEqual(cell.maxBytes + SLACK);
    expect(droplet.taken.lines).toBeLessThanOrEqual(cell.maxLines);
    const [id] = await operationsOf(droplet);
    const { size } = await stat(journalPath(droplet.home, id!));
    expect(size).toBeLessThanOrEqual(JOURNAL_MAX_BYTES);
    // The connection is still good for the clean-up.
    expect(droplet.connection.closed).toBe(false);
    expect((await droplet.connection.exec('true')).exitCode).toBe(0);
  });

  it('a 2 GB exit file has no result', async () => {
    const folder = await temporaryFolder();
    const droplet = await aDroplet({ exitFile: await sparseFile(folder, 'huge', 2 * KIB * MIB) });
    await expect(droplet.install()).rejects.toMatchObject({ code: 'install-interrupted' });
    expect(droplet.taken.bytes).toBeLessThanOrEqual(KIB + SLACK);
  });

  it.each([
    ['endless', () => '/dev/zero'],
    ['huge', (root: string) => sparseFile(root, 'huge', 2 * KIB * MIB)],
  ])('%s files is not read beyond the limit', async (_name, make) => {
    const droplet = await aDroplet({});
    const path = await make(droplet.root);
    const reading = readRemoteFiles(droplet.connection, { it: { path, maxBytes: 100_000 } });
    await expect(reading).rejects.toMatchObject({ code: 'file-too-large' });
  });

  it('programs that print without an end instead of a file is stopped', async () => {
    const droplet = await aDroplet({ base64: '/usr/bin/yes' });
    const wanted = { path: '/etc/passwd', maxBytes: 100_000 };
    const reading = readRemoteFiles(droplet.connection, { one: wanted, two: wanted });
    await expect(reading).rejects.toMatchObject({ code: 'output-too-large' });
    expect((await droplet.connection.exec('true')).exitCode).toBe(0);
  });
});

describe('packets of one byte', () => {
  it('of files make what whole ones make', async () => {
    const content = Buffer.alloc(50_000, 'file');
    const line = Buffer.concat([content, Buffer.from('.')]).toString('base64');
    const exec: SshConnection['exec'] = async (_command, options) => {
      for (const byte of Buffer.from(`${line}\n!missing\n`))
        await options?.onStdout?.(Buffer.of(byte));
      return { exitCode: 0, signal: undefined };
    };
    const connection = { exec } as unknown as SshConnection;
    const one = { path: '/one', maxBytes: content.length };
    expect(await readRemoteFiles(connection, { one })).toEqual({ one: content });
    const two = readRemoteFiles(connection, { one, two: { path: '/two', maxBytes: 10 } });
    await expect(two).rejects.toMatchObject({ code: 'file-missing' });
    const short = readRemoteFiles(connection, { one: { ...one, maxBytes: 49_999 } });
    await expect(short).rejects.toMatchObject({ code: 'file-too-large' });
  });

  it('of a log make the lines that whole ones make', () => {
    const log = Buffer.from(`${'x'.repeat(100_000)}\nshort\n`);
    const reader = new NdjsonReader();
    const lines = Array.from(log, (byte) => [...reader.push(Buffer.of(byte))]).flat();
    expect(lines).toEqual([...new NdjsonReader().push(log)]);
    expect(lines.map(({ offset }) => offset)).toEqual([100_001, 100_007]);
  });
});

async function operationsOf({ home }: HostileDroplet): Promise<readonly string[]> {
  const operations = await new OperationsWatcher(home, systemClock).list();
  expect(operations).toHaveLength(1);
  expect(operations[0]!.substeps.length).toBeLessThanOrEqual(SUBSTEPS_MAX);
  return operations.map(({ id }) => id);
}
