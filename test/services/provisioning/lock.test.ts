import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ownPlace, processStartOf } from '../../../src/services/process/identity.js';
import {
  findLockHolder,
  provisioningLockPath,
  takeLock,
} from '../../../src/services/provisioning/worker/lock.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { until } from '../../journeys/until.js';
import { withoutHardLinks } from '../../fixtures/without-links.js';

const LOCK = '.provisioning.lock';

async function otherProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child.pid!;
}

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid!;
}

/** Child of a process that waits for none of its children. */
async function zombie(): Promise<number> {
  const child = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const pid = Number(said.toString());
  const read = (file: string): Promise<string> => readFile(`/proc/${file}`, 'utf8');
  // The shell itself would wait for it.
  await until(async () => (await read(`${child.pid}/comm`)) === 'sleep\n', 'its parent');
  process.kill(pid, 'SIGKILL');
  await until(async () => (await read(`${pid}/stat`)).includes(') Z '), 'a zombie');
  return pid;
}

describe('provisioning lock', () => {
  it('holds the process id on the first line, private, and leaves nothing when released', async () => {
    const home = await temporaryFolder();
    const lock = await takeLock(provisioningLockPath(home));
    const text = await readFile(join(home, LOCK), 'utf8');
    expect(text.split('\n')[0]).toBe(String(process.pid));
    expect((await stat(join(home, LOCK))).mode & 0o777).toBe(0o600);
    expect(await findLockHolder(provisioningLockPath(home))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(home)).toEqual([]);
    expect(await findLockHolder(provisioningLockPath(home))).toBeUndefined();
  });

  it('is refused while its holder lives, with the message of the guide', async () => {
    const home = await temporaryFolder();
    await takeLock(provisioningLockPath(home));
    await expect(takeLock(provisioningLockPath(home))).rejects.toMatchObject({
      code: 'provisioning-in-progress',
      message: expect.stringContaining('Another provisioning operation is in progress') as string,
    });
  });

  it("honours the desktop app's one-line lock while that process lives", async () => {
    const home = await temporaryFolder();
    const pid = await otherProcess();
    await writeFile(join(home, LOCK), `${pid}\n`);
    await expect(takeLock(provisioningLockPath(home))).rejects.toMatchObject({
      code: 'provisioning-in-progress',
    });
  });

  it.each([
    ['a process that has ended', async () => `${await endedProcess()}\n`],
    [
      'a process id that another process got since',
      async () => `${await otherProcess()}\n1@an-earlier-boot\n`,
    ],
    ['a process that has ended, and is waited for by none', async () => `${await zombie()}\n`],
    ['nobody', () => Promise.resolve('')],
    ['what is no process id', () => Promise.resolve('0\n')],
    ['a negative number', () => Promise.resolve('-1\n')],
  ])('is taken over from %s', async (_name, content) => {
    const home = await temporaryFolder();
    await writeFile(join(home, LOCK), await content());
    expect(await findLockHolder(provisioningLockPath(home))).toBeUndefined();
    const lock = await takeLock(provisioningLockPath(home));
    expect((await readFile(join(home, LOCK), 'utf8')).split('\n')).toEqual([
      String(process.pid),
      await processStartOf(process.pid),
      ownPlace(),
      expect.stringMatching(/^flock \d+:\d+$/),
      '',
    ]);
    await lock.release();
    expect(await readdir(home)).toEqual([]);
  });

  describe('of a process in another pid namespace or on another machine', () => {
    const [boot = '', , machine = ''] = ownPlace()?.split(' ') ?? [];
    const elsewhere = `${boot} pid:[1] ${machine}`;
    const anotherMachine = `00000000-0000-0000-0000-000000000000 pid:[1] ${'0'.repeat(16)}`;

    it.each([
      ['without a kernel lock', elsewhere],
      // Without an id of its own a machine cannot tell another one from an earlier boot.
      ...(machine === '-' ? [] : [['of another boot of another machine', anotherMachine]]),
    ])('is kept: %s', async (_name, place) => {
      const home = await temporaryFolder();
      const text = `${await endedProcess()}\n1@some-boot\n${place}\n`;
      await writeFile(join(home, LOCK), text);
      expect(await findLockHolder(provisioningLockPath(home))).toMatchObject({ sight: 'unknown' });
      await expect(takeLock(provisioningLockPath(home))).rejects.toMatchObject({
        code: 'provisioning-in-progress',
        message: expect.stringContaining('cannot tell from here') as string,
        hint: expect.stringContaining(`remove ${join(home, LOCK)}`) as string,
      });
      expect(await readFile(join(home, LOCK), 'utf8')).toBe(text);
    });

    it('is kept while its kernel lock is held, and taken over once the kernel has dropped that', async () => {
      const home = await temporaryFolder();
      const path = join(home, LOCK);
      await writeFile(path, '');
      const { dev, ino } = await stat(path);
      await writeFile(path, `1\n1@some-boot\n${elsewhere}\nflock ${dev}:${ino}\n`);
      const args = ['--no-fork', path, '/bin/sleep', '600'];
      const holder = spawn('/usr/bin/flock', args, { stdio: 'ignore' });
      onTestFinished(() => void holder.kill('SIGKILL'));
      await expect
        .poll(async () => (await findLockHolder(provisioningLockPath(home)))?.sight)
        .toBe('elsewhere');
      await expect(takeLock(provisioningLockPath(home))).rejects.toMatchObject({
        message: expect.stringContaining('process 1 of another container or machine') as string,
      });
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      await takeLock(provisioningLockPath(home));
      expect(await findLockHolder(provisioningLockPath(home))).toMatchObject({
        pid: process.pid,
        sight: 'here',
      });
    });

    it('is taken over after a restart of this machine', async () => {
      const home = await temporaryFolder();
      const place = `00000000-0000-0000-0000-000000000000 pid:[1] ${machine}`;
      await writeFile(join(home, LOCK), `${await otherProcess()}\n1@earlier\n${place}\n`);
      await takeLock(provisioningLockPath(home));
      expect(await findLockHolder(provisioningLockPath(home))).toMatchObject({ pid: process.pid });
    });
  });

  it('is taken over from a one-line lock whose process id another process got since', async () => {
    const home = await temporaryFolder();
    await writeFile(join(home, LOCK), `${await otherProcess()}\n`);
    const anHourAgo = new Date(Date.now() - 3_600_000);
    await utimes(join(home, LOCK), anHourAgo, anHourAgo);
    expect(await findLockHolder(provisioningLockPath(home))).toBeUndefined();
    await takeLock(provisioningLockPath(home));
    expect(await findLockHolder(provisioningLockPath(home))).toMatchObject({ pid: process.pid });
  });

  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])(
    'works where there are no hard links (%s)',
    async (code) => {
      withoutHardLinks(code);
      const home = await temporaryFolder();
      await writeFile(join(home, LOCK), `${await endedProcess()}\n`);
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, () => takeLock(provisioningLockPath(home))),
      );
      const taken = results.filter((result) => result.status === 'fulfilled');
      expect(taken).toHaveLength(1);
      expect(await readdir(home)).toEqual([LOCK]);
      await taken[0]?.value.release();
      expect(await readdir(home)).toEqual([]);
    },
  );

  it('goes to one of many that take over the same stale lock', async () => {
    const home = await temporaryFolder();
    await writeFile(join(home, LOCK), `${await endedProcess()}\n`);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => takeLock(provisioningLockPath(home))),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(home)).toEqual([LOCK]);
  });

  it('does not release a lock that another program holds by now', async () => {
    const home = await temporaryFolder();
    const lock = await takeLock(provisioningLockPath(home));
    const other = `${await otherProcess()}\n`;
    await writeFile(join(home, LOCK), other);
    await lock.release();
    expect(await readFile(join(home, LOCK), 'utf8')).toBe(other);
  });
});
