import { stat } from 'node:fs/promises';
import type { SFTPWrapper } from 'ssh2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { LOG_MAX_BYTES, LOG_MAX_LINES } from '../../src/services/installer/log-limit.js';
import { NdjsonReader } from '../../src/services/installer/ndjson.js';
import { readRemoteFile } from '../../src/services/ssh/sftp.js';
import { SUBSTEPS_MAX } from '../../src/services/provisioning/journal/fold.js';
import { journalPath } from '../../src/services/provisioning/journal/journal.js';
import { OperationsWatcher } from '../../src/services/provisioning/watcher.js';
import {
  type HostileDroplet,
  type Hostility,
  sparseFile,
  startHostileDroplet,
} from './hostile/droplet.js';

const KIB = 1024;
const MIB = 1024 * KIB;
/** What is taken of a command that is not followed. */
const OUTPUT_MAX_BYTES = MIB;
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
    code: 'log-too-long',
    logOffset: NEAR_THE_END,
    maxBytes: 2 * MIB,
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
    maxBytes: OUTPUT_MAX_BYTES,
    maxLines: 0,
  },
  'an endless exit file': {
    hostility: { exit: '/usr/bin/yes 0' },
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
    const droplet = await aDroplet({ exit: 'exec /bin/cat "$PORTLAMA_ROOT/huge"' });
    await sparseFile(droplet.root, 'huge', 2 * KIB * MIB);
    await expect(droplet.install()).rejects.toMatchObject({ code: 'install-interrupted' });
    expect(droplet.taken.bytes).toBeLessThanOrEqual(KIB + SLACK);
  });

  it.each([
    ['endless', () => '/dev/zero'],
    ['huge', (root: string) => sparseFile(root, 'huge', 2 * KIB * MIB)],
  ])('%s files is not read beyond the limit', async (_name, make) => {
    const droplet = await aDroplet({});
    const path = await make(droplet.root);
    const reading = droplet.connection.readFile(path, { maxBytes: 100_000 });
    await expect(reading).rejects.toMatchObject({ code: 'file-too-large' });
  });
});

describe('packets of one byte', () => {
  it('of a file need one buffer, and no more requests than bytes', async () => {
    const content = Buffer.alloc(100_000, 'file');
    const buffers = new Set<unknown>();
    let reads = 0;
    const sftp = {
      open: (_path: string, _flags: string, done: Done<Buffer>) => done(null, Buffer.from('h')),
      close: (_handle: Buffer, done: Done<undefined>) => done(null, undefined),
      read(...args: readonly [Buffer, Buffer, number, number, number, Done<number>]) {
        const [, buffer, offset, , position, done] = args;
        buffers.add(buffer.buffer);
        reads++;
        done(null, content.copy(buffer, offset, position, position + 1));
      },
    } as unknown as SFTPWrapper;
    expect(await readRemoteFile(sftp, '/file', content.length, undefined)).toEqual(content);
    expect(buffers.size).toBe(1);
    expect(reads).toBe(content.length + 1);
    const tooLong = readRemoteFile(sftp, '/file', 1_000, undefined);
    await expect(tooLong).rejects.toMatchObject({ code: 'file-too-large' });
    expect(reads).toBe(content.length + 1 + 1_001);
  });

  it('of a log make the lines that whole ones make', () => {
    const log = Buffer.from(`${'x'.repeat(100_000)}\nshort\n`);
    const reader = new NdjsonReader();
    const lines = Array.from(log, (byte) => [...reader.push(Buffer.of(byte))]).flat();
    expect(lines).toEqual([...new NdjsonReader().push(log)]);
    expect(lines.map(({ offset }) => offset)).toEqual([100_001, 100_007]);
  });
});

type Done<T> = (error: null, value: T) => void;

async function operationsOf({ home }: HostileDroplet): Promise<readonly string[]> {
  const operations = await new OperationsWatcher(home, systemClock).list();
  expect(operations).toHaveLength(1);
  expect(operations[0]!.substeps.length).toBeLessThanOrEqual(SUBSTEPS_MAX);
  return operations.map(({ id }) => id);
}
