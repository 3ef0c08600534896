import { chmod, chown, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import { openDebugLog } from '../../../src/services/log/debug-log.js';
import { Redactor } from '../../../src/services/log/redactor.js';
import { runProgram } from '../../../src/services/process/program.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

const isRoot = process.getuid?.() === 0;

async function logPath(): Promise<string> {
  return join(await temporaryFolder(), 'debug.log');
}

function open(path: string) {
  return openDebugLog(path, systemClock, new Redactor());
}

describe('the debug log', () => {
  it('holds nothing that a terminal obeys, one event a line', async () => {
    const path = await logPath();
    const log = await open(path);
    log.write('error', 'a\x1b]0;owned\x07b\x1b[2J\nc\r\nd\x9b1m\u202ee\u2028f');
    await log.close();
    expect(await readFile(path, 'utf8')).toMatch(/^\S+ \d+ error {2}ab ⏎ c ⏎ de f\n$/);
  });

  it('holds no secret', async () => {
    const path = await logPath();
    const redactor = new Redactor();
    redactor.add('hunter2-hunter2');
    const log = await openDebugLog(path, systemClock, redactor);
    log.write('ssh', 'the password is hunter2-hunter2');
    log.write('api', `authorization: Bearer dop_v1_${'a1'.repeat(32)}`);
    await log.close();
    const text = await readFile(path, 'utf8');
    expect(text).toMatch(/ ssh +the password is \[redacted\]\n/);
    expect(text).not.toMatch(/hunter2|a1a1/);
  });

  it('refuses a symbolic link, and makes nothing where it leads', async () => {
    const path = await logPath();
    const target = `${path}.target`;
    await symlink(target, path);
    await expect(open(path)).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('makes its file private when it was shared', async () => {
    const path = await logPath();
    await writeFile(path, 'before\n');
    await chmod(path, 0o666);
    await (await open(path)).close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).toBe('before\n');
  });

  it.skipIf(!isRoot)('refuses a file of another user, and leaves it as it is', async () => {
    const path = await logPath();
    await writeFile(path, '');
    await chmod(path, 0o666);
    await chown(path, 65_534, 65_534);
    await expect(open(path)).rejects.toMatchObject({
      code: 'log-not-own',
      message: `${path} belongs to another user (uid 65534), who could read the log.`,
    });
    expect((await stat(path)).mode & 0o777).toBe(0o666);
  });

  it('refuses what is no file, without waiting for a reader', async () => {
    const path = await logPath();
    await runProgram('/usr/bin/mkfifo', [path], { environment: {}, timeoutMs: 5_000 });
    await expect(open(path)).rejects.toMatchObject({ code: 'log-not-a-file' });
    await expect(open('/dev/null')).rejects.toMatchObject({ code: 'log-not-a-file' });
  });
});
