import { randomBytes } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectSsh } from '../../../src/services/ssh/connect.js';
import { readRemoteFiles } from '../../../src/services/ssh/read-files.js';
import type { SshConnection } from '../../../src/services/ssh/ssh.js';
import { startSshd, type TestSshd } from '../../fixtures/sshd/start.js';
import { eventually } from './eventually.js';

describe('transfers against OpenSSH', () => {
  let sshd: TestSshd;
  let connection: SshConnection;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());
  beforeEach(async () => {
    connection = await connectSsh(sshd.target, { timeoutMs: 20_000 });
  });
  afterEach(() => connection.close());
  const path = (name: string): string => join(sshd.root, name);
  const read = async (
    file: string,
    maxBytes = 1024 * 1024,
    signal?: AbortSignal,
  ): Promise<Buffer> =>
    (await readRemoteFiles(connection, { file: { path: file, maxBytes } }, signal)).file;

  it.each([0, 1, 32 * 1024, 32 * 1024 + 1, 3_000_001])(
    'carries %i bytes both ways',
    async (size) => {
      const content = randomBytes(size);
      const file = path(`size-${size}`);
      await connection.writeFile(file, content, 0o600);
      expect((await readFile(file)).equals(content)).toBe(true);
      const back = await read(file, 4_000_000);
      expect(back.equals(content)).toBe(true);
    },
  );

  it('leaves nothing hanging on the signal when the connection is lost in the middle', async () => {
    const { signal } = new AbortController();
    const folder = path('lost');
    await mkdir(folder);
    const uploads = Array.from({ length: 6 }, (_, index) =>
      connection.writeFile(join(folder, `${index}`), Buffer.alloc(20_000_000), 0o600, signal),
    );
    const ends = Promise.allSettled(uploads);
    await eventually(async () => (await readdir(folder)).length).toBe(uploads.length);
    sshd.cutConnections();
    expect((await ends).map(({ status }) => status)).toEqual(uploads.map(() => 'rejected'));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('replaces a longer file, and writes text as UTF-8', async () => {
    const file = path('replaced');
    await writeFile(file, 'x'.repeat(100_000));
    await connection.writeFile(file, 'ä', 0o644);
    expect(await readFile(file)).toEqual(Buffer.from('ä'));
  });

  it('sets the mode exactly, also of a file that was there with another', async () => {
    const fresh = path('fresh');
    await connection.writeFile(fresh, 'secret', 0o777);
    expect((await stat(fresh)).mode & 0o777).toBe(0o777);
    const old = path('old');
    await writeFile(old, 'open to all', { mode: 0o666 });
    await connection.writeFile(old, 'secret', 0o600);
    expect((await stat(old)).mode & 0o777).toBe(0o600);
  });

  it('shows the old file or the new one, whole, and never a byte in the wrong mode', async () => {
    const folder = path('watched');
    await mkdir(folder);
    const file = join(folder, 'file');
    await writeFile(file, 'open to all', { mode: 0o666 });
    const old = (await stat(file)).size;
    const seen = new Set<string>();
    const stop = new AbortController();
    const watch = (async () => {
      while (!stop.signal.aborted) {
        for (const name of await readdir(folder)) {
          const found = await stat(join(folder, name)).catch(() => undefined);
          if (found === undefined) continue;
          const size = found.size === 0 ? 'empty' : found.size === old ? 'old' : 'some';
          const whole = found.size === 5_000_000 ? 'whole' : size;
          seen.add(
            `${name === 'file' ? 'file' : 'part'} ${whole} ${(found.mode & 0o777).toString(8)}`,
          );
        }
      }
    })();
    await connection.writeFile(file, randomBytes(5_000_000), 0o640);
    stop.abort();
    await watch;
    expect(seen).toContain('part some 640');
    const allowed = [
      'file old 644',
      'file whole 640',
      'part empty 640',
      'part some 640',
      'part whole 640',
    ];
    // Created with the mode less the umask, and set right while empty.
    expect(
      [...seen].filter((each) => !allowed.includes(each) && !each.startsWith('part empty ')),
    ).toEqual([]);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it('downloads several files in one command, each within its own limit', async () => {
    const [one, two] = [randomBytes(70_000), Buffer.alloc(0)];
    await writeFile(path("it's one"), one);
    await writeFile(path('two'), two);
    const files = {
      one: { path: path("it's one"), maxBytes: one.length },
      two: { path: path('two'), maxBytes: 10 },
    };
    expect(await readRemoteFiles(connection, files)).toEqual({ one, two });
    const short = { ...files, one: { ...files.one, maxBytes: one.length - 1 } };
    await expect(readRemoteFiles(connection, short)).rejects.toMatchObject({
      code: 'file-too-large',
    });
  });

  it('refuses what is larger than allowed', async () => {
    const file = path('large');
    await writeFile(file, '');
    await truncate(file, 1024 * 1024);
    expect((await read(file)).length).toBe(1024 * 1024);
    await truncate(file, 1024 * 1024 + 1);
    await expect(read(file)).rejects.toMatchObject({ code: 'file-too-large' });
    await expect(read('/dev/zero', 100_000)).rejects.toMatchObject({
      code: 'file-too-large',
    });
  });

  it('says what is missing or cannot be written', async () => {
    await expect(read(path('none'))).rejects.toMatchObject({
      code: 'file-missing',
      retryable: false,
    });
    await expect(connection.writeFile(path('none/file'), 'x', 0o600)).rejects.toMatchObject({
      code: 'file-missing',
    });
    await expect(read(path('etc'))).rejects.toMatchObject({ code: 'file-failed' });
    await expect(connection.writeFile(path('etc'), 'x', 0o600)).rejects.toMatchObject({
      code: 'file-failed',
    });
    expect((await readdir(sshd.root)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('goes on after an abort, and carries many files at a time', async () => {
    const reason = new Error('no longer wanted');
    const controller = new AbortController();
    const aborted = connection.writeFile(
      path('aborted'),
      randomBytes(20_000_000),
      0o600,
      controller.signal,
    );
    setImmediate(() => controller.abort(reason));
    await expect(aborted).rejects.toBe(reason);
    await expect(read(path('aborted'), 1, AbortSignal.abort(reason))).rejects.toBe(reason);
    const contents = Array.from({ length: 20 }, () => randomBytes(100_000));
    await Promise.all(
      contents.map((content, index) => connection.writeFile(path(`many-${index}`), content, 0o600)),
    );
    const back = await Promise.all(contents.map((_, index) => read(path(`many-${index}`))));
    expect(back.every((content, index) => content.equals(contents[index]!))).toBe(true);
  });

  it('rejects when the connection is cut in the middle', async () => {
    const transfer = connection.writeFile(path('cut'), randomBytes(50_000_000), 0o600);
    await eventually(() =>
      readdir(sshd.root).then((names) => names.find((name) => name.startsWith('cut.'))),
    ).toBeDefined();
    sshd.cutConnections();
    await expect(transfer).rejects.toMatchObject({ code: 'connection-lost', retryable: true });
    await expect(read(path('cut'))).rejects.toMatchObject({
      code: 'connection-lost',
    });
  });
});
