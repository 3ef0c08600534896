import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectSsh } from '../../../src/services/ssh/connect.js';
import type { SshConnection } from '../../../src/services/ssh/ssh.js';
import { startSshd, type TestSshd } from '../../fixtures/sshd/start.js';
import { eventually } from './eventually.js';

const MEGABYTE = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('exec against OpenSSH', () => {
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

  async function outputOf(command: string, stdin?: string | Buffer): Promise<string> {
    let text = '';
    await connection.exec(command, { stdin, onStdout: (chunk) => void (text += chunk) });
    return text;
  }

  it('hands on both streams, the exit code and what is put in', async () => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const result = await connection.exec('cat; echo wrong >&2; exit 7', {
      stdin: 'put in\n',
      onStdout: (chunk) => void stdout.push(chunk),
      onStderr: (chunk) => void stderr.push(chunk),
    });
    expect(result).toEqual({ exitCode: 7, signal: undefined });
    expect(Buffer.concat(stdout).toString()).toBe('put in\n');
    expect(Buffer.concat(stderr).toString()).toBe('wrong\n');
  });

  it('names the signal that ended a command', async () => {
    expect(await connection.exec('kill -9 $$')).toEqual({
      exitCode: undefined,
      signal: 'SIGKILL',
    });
  });

  it('takes a large input whole', async () => {
    const input = Buffer.alloc(3 * MEGABYTE, 'x');
    expect((await outputOf('wc -c', input)).trim()).toBe(String(input.length));
  });

  it('runs commands whose output nobody wants', async () => {
    expect(await connection.exec('head -c 1000000 /dev/zero; exit 3')).toMatchObject({
      exitCode: 3,
    });
  });

  it.each(['cat /dev/zero', 'cat /dev/zero >&2', '(cat /dev/zero >&2) & cat /dev/zero'])(
    'ends a command that prints too much, read or not: %s',
    async (command) => {
      let received = 0;
      const count = (chunk: Buffer): void => void (received += chunk.length);
      for (const handlers of [{}, { onStdout: count, onStderr: count }]) {
        await expect(
          connection.exec(command, { maxBytes: 100_000, ...handlers }),
        ).rejects.toMatchObject({ code: 'output-too-large', retryable: false });
      }
      await expect(connection.exec(command)).rejects.toMatchObject({ code: 'output-too-large' });
      expect(received).toBeLessThanOrEqual(100_000);
      expect(await outputOf('echo on')).toBe('on\n');
    },
  );

  it('streams 50 MB in constant memory while a slow reader holds it back', async () => {
    const total = 50 * MEGABYTE;
    let received = 0;
    let peak = 0;
    // Slower than loopback by far: without back-pressure nearly all chunks would wait for it at a time.
    let disk = Promise.resolve();
    // Everything is loaded and warm before it is measured.
    await connection.exec('head -c 4000000 /dev/zero', { maxBytes: total, onStdout: () => {} });
    const before = held();
    const result = await connection.exec(`head -c ${total} /dev/zero`, {
      maxBytes: total,
      onStdout: async (chunk) => {
        disk = disk.then(() => delay(1));
        await disk;
        const measured = Math.floor(received / (2 * MEGABYTE));
        received += chunk.length;
        if (Math.floor(received / (2 * MEGABYTE)) > measured) peak = Math.max(peak, held());
      },
    });
    expect(result.exitCode).toBe(0);
    expect(received).toBe(total);
    // Two windows of the channel, and what is not collected yet: far from all of it.
    expect(peak - before).toBeLessThan(16 * MEGABYTE);
  });

  it('holds the server back for as long as a chunk is being handled', async () => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let started: (() => void) | undefined;
    const first = new Promise<void>((resolve) => {
      started = resolve;
    });
    let calls = 0;
    let done = false;
    const marker = `${sshd.root}/written`;
    // Counts how far the writer gets: pipe, sshd and both windows together hold a few megabytes.
    const command = `i=0; while [ $i -lt 400 ]; do head -c 65536 /dev/zero; i=$((i+1)); echo $i > ${marker}; done`;
    const running = connection
      .exec(command, {
        maxBytes: 400 * 65_536,
        onStdout: async () => {
          calls++;
          started?.();
          await held;
        },
      })
      .then(() => {
        done = true;
      });
    await first;
    let written = -1;
    await eventually(async () => {
      const before = written;
      written = Number(await outputOf(`sleep 0.3; cat ${marker}`));
      return written === before;
    }).toBe(true);
    expect([calls, done]).toEqual([1, false]);
    expect(written).toBeLessThan(200);
    release?.();
    await running;
    expect(Number(await outputOf(`cat ${marker}`))).toBe(400);
  });

  it('rejects with what the handler threw, and ends the command', async () => {
    const pidFile = `${sshd.root}/pid`;
    await expect(
      connection.exec(`echo $$ > ${pidFile}; while echo on; do sleep 0.05; done`, {
        onStdout: () => {
          throw new Error('cannot take it');
        },
      }),
    ).rejects.toThrow('cannot take it');
    const pid = await outputOf(`cat ${pidFile}`);
    await eventually(() => outputOf(`kill -0 ${pid.trim()} 2>&1 || echo gone`)).toContain('gone');
  });

  it('is aborted while it runs, waits or has not begun', async () => {
    const reason = new Error('no longer wanted');
    const controller = new AbortController();
    const { signal } = controller;
    // Notices by itself that nobody listens; OpenSSH delivers no signals to commands of root.
    const talk = 'while echo on; do sleep 0.05; done';
    let heard = 0;
    const onStdout = (): void => void heard++;
    const running = connection.exec(talk, { signal, onStdout });
    const pending = Array.from({ length: 9 }, () => connection.exec(talk, { signal, onStdout }));
    await eventually(() => heard).toBeGreaterThan(8);
    controller.abort(reason);
    for (const each of [running, ...pending]) await expect(each).rejects.toBe(reason);
    await expect(connection.exec('true', { signal })).rejects.toBe(reason);
    // Their sessions are given back, and the connection is none the worse.
    const after = Array.from({ length: 12 }, () => connection.exec('true'));
    expect((await Promise.all(after)).every(({ exitCode }) => exitCode === 0)).toBe(true);
  });

  it('queues what would be too many sessions', async () => {
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, index) => outputOf(`sleep 0.05; echo ${index}`)),
    );
    expect(results.map((text) => Number(text))).toEqual(results.map((_, index) => index));
  });

  it('rejects everything under way when the connection is cut', async () => {
    let finish: (() => void) | undefined;
    let handling = false;
    const handled = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const running = connection.exec('echo begun; sleep 60', {
      onStdout: async () => {
        handling = true;
        await handled;
        handling = false;
      },
    });
    const idle = connection.exec('sleep 60');
    const queued = Array.from({ length: 10 }, () => connection.exec('sleep 60'));
    await eventually(() => handling).toBe(true);
    const settled = running.then(
      () => 'resolved',
      (error: unknown) => `${(error as { code: string }).code}, still handling: ${handling}`,
    );
    expect(sshd.cutConnections()).toBe(1);
    for (const each of [idle, ...queued]) {
      await expect(each).rejects.toMatchObject({ code: 'connection-lost', retryable: true });
    }
    expect(connection.closed).toBe(true);
    // No chunk is being handled any more when the caller learns of it.
    finish?.();
    expect(await settled).toBe('connection-lost, still handling: false');
  });
});

/** Bytes that this process holds, in buffers and in the JavaScript heap, without what is garbage. */
function held(): number {
  collectGarbage();
  const { external, heapUsed } = process.memoryUsage();
  return external + heapUsed;
}
