import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { journalPath } from '../../src/services/provisioning/journal/journal.js';
import { processStartOf } from '../../src/services/process/identity.js';
import { startSshd } from '../fixtures/sshd/start.js';
import { MAIN } from '../journeys/home.js';
import { until } from '../journeys/until.js';
import { type Headless, headless } from './headless.js';

const INSTALLING = '"step":"install_portlama","status":"running"';
const LOCK = '.provisioning.lock';
const LIMIT_MS = 120_000;

/** The next start finds it, live, and it ends well. */
async function endsWell(person: Headless, id: string): Promise<void> {
  const attached = await person.runs('operations', 'attach', id);
  expect(attached).toMatchObject({ exitCode: 0, stderr: '' });
  expect(attached.stdout).toContain('Online: edge at https:');
  const { droplets, keys, tags } = await person.account();
  expect([droplets.length, keys, tags]).toEqual([1, [], []]);
}

/** Some process that has nothing to do with this program. */
async function bystander(): Promise<number> {
  const child = spawn('/bin/sleep', ['600'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child.pid!;
}

describe('a worker', { timeout: LIMIT_MS }, () => {
  it.each(['SIGHUP', 'SIGKILL', 'SIGTERM'] as const)(
    'outlives the command that started it: %s',
    async (signal) => {
      const person = await headless();
      const { id, going } = await person.provisions('edge', INSTALLING);
      going.child.kill(signal);
      await going.ended;
      await endsWell(person, id);
    },
  );

  it('outlives the SSH session it was started from, cut off in the middle', async () => {
    const person = await headless();
    const sshd = await startSshd();
    onTestFinished(() => sshd.stop());
    const key = join(person.home.path, 'key');
    await writeFile(key, sshd.clientKey.privateKey, { mode: 0o600 });
    const words = Object.entries(person.env).map(([name, value]) => `${name}=${value}`);
    const command = ['env', '-i', ...words, process.execPath, MAIN, '--sandbox', 'provision'];
    const options = `-F none -tt -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`;
    const login = ['-i', key, '-p', String(sshd.port), '-l', sshd.target.username, '127.0.0.1'];
    const wish = [...command, '--region', 'fra1', '--label', 'edge'];
    const ssh = spawn('ssh', [...options.split(' '), ...login, ...wish], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    onTestFinished(() => void ssh.kill('SIGKILL'));
    const folder = join(person.home.portlama, 'operations');
    const ids = (): Promise<string[]> => readdir(folder).catch(() => []);
    await until(async () => (await ids()).length === 1, 'an operation');
    const [id = ''] = await ids();
    await person.reaches(id, INSTALLING);
    expect(sshd.cutConnections()).toBeGreaterThan(0);
    await once(ssh, 'exit');
    await until(async () => {
      const workers = await person.home.workers();
      const others = person.home.processes().filter((pid) => !workers.includes(pid));
      // The sandbox, and nothing of the session.
      return others.length <= 1;
    }, 'the session to be gone');
    await endsWell(person, id);
  });
});

describe('after a restart of the machine', { timeout: LIMIT_MS }, () => {
  it('a process that got the worker’s id is not taken for it: resume goes on', async () => {
    const person = await headless();
    const { id, going } = await person.provisions('edge', INSTALLING);
    await person.workersDie();
    await going.ended;
    // The same ids exist again, in another boot.
    const pid = await bystander();
    const start = await processStartOf(pid);
    const before = start!.replace(/@.*/, '@00000000-0000-0000-0000-000000000000');
    const path = journalPath(person.home.portlama, id);
    const text = await readFile(path, 'utf8');
    const changed = text.replace(
      /"pid":\d+,"startedAt":"[^"]*"/,
      `"pid":${pid},"startedAt":"${before}"`,
    );
    expect(changed).not.toBe(text);
    await writeFile(path, changed);
    const lock = join(person.home.portlama, '.provisioning.lock');
    await writeFile(lock, `${pid}\n${before}\n`);
    expect((await person.runs('operations')).stdout).toContain('interrupted  6 of 11');
    const resumed = await person.runs('operations', 'resume', id);
    expect(resumed).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await person.account()).droplets).toHaveLength(1);
    await until(async () => !(await readdir(person.home.portlama)).includes(LOCK), 'no lock');
  });

  it('the very process is taken for it, whatever its name: nothing is begun twice', async () => {
    const person = await headless();
    const { id, going } = await person.provisions('edge', INSTALLING);
    const refused = await person.runs('operations', 'resume', id);
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.stderr).toMatch(
      /cannot be continued: it is running.\n\s+Watch it: portlama-tui --sandbox operations attach /,
    );
    expect((await going.ended).exitCode).toBe(0);
    expect((await person.account()).droplets).toHaveLength(1);
  });
});

describe('two at once', { timeout: LIMIT_MS }, () => {
  it('started in the same moment, one goes on; the others say who does and leave nothing', async () => {
    const person = await headless();
    const labels = ['one', 'two', 'three'];
    const begun = labels.map((label) =>
      person.starts('provision', '--region', 'fra1', '--label', label),
    );
    const all = await Promise.all(begun.map(({ ended }) => ended));
    const online = all.filter(({ exitCode }) => exitCode === 0);
    expect(online).toHaveLength(1);
    for (const { exitCode, stderr } of all.filter((each) => each.exitCode !== 0)) {
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /Another provisioning operation is in progress \((one|two|three), operation [0-9a-f]{16}, process \d+, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)\.\n {2}Wait until it ends, or watch it/,
      );
    }
    expect(await readdir(join(person.home.portlama, 'operations'))).toHaveLength(1);
    expect((await person.account()).droplets).toHaveLength(1);
    expect(await person.home.servers()).toHaveLength(1);
  });

  it('the desktop app’s lock of one line is honoured, and taken over once its process is gone', async () => {
    const person = await headless(0);
    const lock = join(person.home.portlama, '.provisioning.lock');
    const desktop = await bystander();
    await writeFile(lock, `${desktop}\n`, { flag: 'wx' });
    const since = new Date(Date.now() - 5_000);
    await utimes(lock, since, since);
    const refused = await person.runs('provision', '--region', 'fra1', '--label', 'edge');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    const when = since.toISOString().slice(0, 19).replace('T', ' ');
    expect(refused.stderr).toContain(
      `Another provisioning operation is in progress (process ${desktop}, since ${when} UTC).`,
    );
    expect(refused.stderr).toContain('such as the desktop app, holds the lock');
    expect(await readFile(lock, 'utf8')).toBe(`${desktop}\n`);
    expect((await person.runs('operations')).stdout).toBe('No operations.\n');
    process.kill(desktop, 'SIGKILL');
    await until(async () => (await processStartOf(desktop)) === undefined, 'it to be gone');
    const made = await person.runs('provision', '--region', 'fra1', '--label', 'edge');
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await readdir(person.home.portlama)).not.toContain('.provisioning.lock');
  });

  it('a desktop app that crashed long ago is not mistaken for who got its process id since', async () => {
    const person = await headless(0);
    const lock = join(person.home.portlama, '.provisioning.lock');
    await writeFile(lock, `${await bystander()}\n`);
    const yesterday = new Date(Date.now() - 24 * 3_600_000);
    await utimes(lock, yesterday, yesterday);
    const made = await person.runs('provision', '--region', 'fra1', '--label', 'edge');
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
