import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/time.js';
import { createRegistry } from '../../src/services/registry/registry-file.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { smallDisk } from '../fixtures/small-disk.js';
import { headless } from './headless.js';

const INSTALLING = '"step":"install_portlama","status":"running"';
const DISK_KB = 768;
/** Lets a system call of the program, and of all that it starts, fail in the kernel's stead. */
const STRACE = ['-f', '-qq', '--seccomp-bpf', '-o', '/dev/null', '-e', 'trace=?link,linkat'];
const LIMIT_MS = 120_000;
const PROVISION = ['provision', '--region', 'fra1', '--label', 'edge'] as const;

function entry(id: string): ServerEntry {
  return {
    id,
    label: `label-${id}`,
    panelUrl: 'https://203.0.113.9:9292',
    ip: '203.0.113.9',
    createdAt: '2026-11-20T10:00:00.000Z',
    active: false,
    authMethod: 'p12',
  };
}

describe('a full disk', { timeout: LIMIT_MS }, () => {
  it('never tears servers.json, however little room there is left', async () => {
    const disk = await smallDisk(256);
    const registry = createRegistry({ home: disk.path, clock: systemClock });
    const path = join(disk.path, 'servers.json');
    for (let number = 0; number < 40; number++) await registry.save(entry(String(number)));
    let refused = 0;
    for (let pages = 0; pages < 12; pages++) {
      const before = await registry.list();
      await disk.fill(pages * 4096);
      const failure = await registry.save(entry(`x${pages}`)).then(
        () => undefined,
        (error: unknown) => error,
      );
      const after = JSON.parse(await readFile(path, 'utf8')) as ServerEntry[];
      await disk.free();
      if (failure === undefined) {
        expect(after).toEqual([...before, entry(`x${pages}`)]);
        continue;
      }
      refused++;
      expect(failure).toMatchObject({
        code: 'file-enospc',
        message: expect.stringContaining('cannot be written: the disk is full.') as string,
        hint: 'Free some space, then try again.',
      });
      expect(after).toEqual(before);
      expect((await readdir(disk.path)).filter((name) => name.startsWith('.'))).toEqual([]);
    }
    expect(refused).toBeGreaterThan(1);
    expect(refused).toBeLessThan(12);
  });

  it('is said before anything is made', async () => {
    const disk = await smallDisk(DISK_KB);
    const person = await headless(0, { PORTLAMA_HOME: disk.realHome });
    await disk.fill();
    const failed = await person.runs(...PROVISION);
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout + failed.stderr).toContain('cannot be written: the disk is full.');
    expect(failed.stdout + failed.stderr).toContain('Free some space, then try again.');
    expect(await person.account()).toEqual({ droplets: [], keys: [], tags: [] });
    await disk.free();
    expect(await person.runs(...PROVISION)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('in the middle ends it with everything removed, and the journal says so', async () => {
    const disk = await smallDisk(DISK_KB);
    const person = await headless(0.1, { PORTLAMA_HOME: disk.realHome });
    expect((await person.runs('provision', '--region', 'fra1', '--label', 'first')).exitCode).toBe(
      0,
    );
    const list = await readFile(join(disk.path, 'servers.json'), 'utf8');
    const { id, going } = await person.provisions('edge', INSTALLING);
    await disk.fill();
    const { exitCode, stdout } = await going.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toContain('cannot be written: the disk is full.');
    expect(stdout).toMatch(/removed: droplet \d+/);
    expect(stdout).toContain('Everything that was created is removed');
    const { droplets, keys, tags } = await person.account();
    expect([droplets.map(({ name }) => name), keys, tags]).toEqual([['portlama-first'], [], []]);
    expect(await readFile(join(disk.path, 'servers.json'), 'utf8')).toBe(list);
    expect((await person.runs('operations')).stdout).toMatch(new RegExp(`^${id} .* failed `, 'm'));
    await disk.free();
    expect(await person.runs(...PROVISION)).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('a home folder that is read-only', { timeout: LIMIT_MS }, () => {
  it('can be looked at; what would change it says why not, and makes nothing', async () => {
    const disk = await smallDisk(DISK_KB);
    const person = await headless(0, { PORTLAMA_HOME: disk.realHome });
    const list = JSON.stringify([entry('1')]);
    await writeFile(join(disk.path, 'servers.json'), list, { mode: 0o600 });
    await disk.setReadOnly(true);
    expect((await person.runs('servers')).stdout).toMatch(/^label-1 /m);
    expect(await person.runs('operations')).toMatchObject({ exitCode: 0, stderr: '' });
    const refused = await person.runs(...PROVISION);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /cannot be written: the file system is read-only\.\n {2}Set PORTLAMA_HOME/,
    );
    expect(await person.account()).toEqual({ droplets: [], keys: [], tags: [] });
    const registry = createRegistry({ home: disk.path, clock: systemClock });
    await expect(registry.setActive('1')).rejects.toMatchObject({ code: 'file-erofs' });
    expect(await readFile(join(disk.path, 'servers.json'), 'utf8')).toBe(list);
    await disk.setReadOnly(false);
    expect(await person.runs(...PROVISION)).toMatchObject({ exitCode: 0 });
  });

  it('from some moment on ends it with everything removed, and the list as it was', async () => {
    const disk = await smallDisk(DISK_KB);
    const person = await headless(0.1, { PORTLAMA_HOME: disk.realHome });
    const list = JSON.stringify([entry('1')]);
    await writeFile(join(disk.path, 'servers.json'), list, { mode: 0o600 });
    const { going } = await person.provisions('edge', INSTALLING);
    await disk.setReadOnly(true);
    const { exitCode, stdout } = await going.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/Failed at Retrieving credentials: .* the file system is read-only\./);
    expect(stdout).toMatch(/removed: droplet \d+/);
    expect(await person.account()).toEqual({ droplets: [], keys: [], tags: [] });
    expect(await readFile(join(disk.path, 'servers.json'), 'utf8')).toBe(list);
  });
});

describe(
  'a home folder without hard links or locks, as over some networks',
  { timeout: LIMIT_MS },
  () => {
    it.each(['EPERM', 'EOPNOTSUPP', 'ENOLCK'])(
      'works as any other, and lets one go on at a time (%s)',
      async (error) => {
        const person = await headless(0.1);
        const begun = ['one', 'two'].map((label) =>
          person.startsUnder(
            ['strace', ...STRACE, '-e', `inject=?link,linkat:error=${error}`],
            ['provision', '--region', 'fra1', '--label', label],
          ),
        );
        const ended = await Promise.all(begun.map((going) => going.ended));
        expect(ended.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
        const refused = ended.find(({ exitCode }) => exitCode === 1);
        expect(refused?.stderr).toMatch(
          /Another provisioning operation is in progress \((one|two), /,
        );
        expect((await person.account()).droplets).toHaveLength(1);
        expect(await person.home.servers()).toHaveLength(1);
        // The worker ends, and drops its lock, a moment after the program that followed it.
        const left = async (): Promise<readonly string[]> => {
          const files = await readdir(person.home.portlama, { recursive: true });
          return files.filter((name) => /\.(tmp|lock|takeover)$/.test(name));
        };
        await expect.poll(left).toEqual([]);
      },
    );
  },
);
