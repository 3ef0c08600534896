import { execFile } from 'node:child_process';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/time.js';
import { withLockFile } from '../../../src/services/files/lock-file.js';
import { ownPlace, processStartOf } from '../../../src/services/process/identity.js';
import { ManualClock } from '../../fixtures/manual-clock.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { withoutHardLinks } from '../../fixtures/without-links.js';

describe('a lock file', () => {
  it('lets one in at a time, and is gone afterwards, also after a failure', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, '.lock');
    let inside = 0;
    let most = 0;
    const work = async (index: number): Promise<number> => {
      most = Math.max(most, ++inside);
      await systemClock.sleep(3);
      inside--;
      if (index === 3) throw new Error('planned');
      return index;
    };
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => withLockFile(path, systemClock, () => work(index))),
    );
    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(1);
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets one in at a time where there are no hard links', async () => {
    withoutHardLinks();
    const folder = await temporaryFolder();
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await systemClock.sleep(3);
      inside--;
    };
    const path = join(folder, '.lock');
    await Promise.all(Array.from({ length: 8 }, () => withLockFile(path, systemClock, work)));
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over from a process that is gone, and from one that only has the same id', async () => {
    const path = join(await temporaryFolder(), '.lock');
    const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
    for (const stale of [`${stdout.trim()}\n\n`, `${process.pid}\nanother start\nx\n`, '0\n', '']) {
      await writeFile(path, stale);
      expect(await withLockFile(path, new ManualClock(), async () => 'in')).toBe('in');
    }
  });

  it('is not taken from a process that cannot be seen, until that had the time of many changes', async () => {
    const path = join(await temporaryFolder(), '.lock');
    const [boot, , machine] = ownPlace()!.split(' ');
    const content = `1\n1@some-boot\n${boot} pid:[1] ${machine}\nword\n`;
    await writeFile(path, content);
    const clock = new ManualClock();
    const at = new Date(clock.now());
    await utimes(path, at, at);
    await expect(withLockFile(path, clock, async () => 'in')).rejects.toMatchObject({
      code: 'file-busy',
    });
    expect(await readFile(path, 'utf8')).toBe(content);
    const earlier = new Date(clock.now() - 30_001);
    await utimes(path, earlier, earlier);
    expect(await withLockFile(path, clock, async () => 'in')).toBe('in');
  });

  it('is not taken from a process that lives: gives up with its id', async () => {
    const path = join(await temporaryFolder(), '.lock');
    const content = `${process.pid}\n${await processStartOf(process.pid)}\nword\n`;
    await writeFile(path, content);
    await expect(withLockFile(path, new ManualClock(), async () => 'in')).rejects.toMatchObject({
      code: 'file-busy',
      message: expect.stringContaining(String(process.pid)) as unknown,
    });
    expect(await readFile(path, 'utf8')).toBe(content);
  });
});
