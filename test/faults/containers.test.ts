import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  findLockHolder,
  provisioningLockPath,
} from '../../src/services/provisioning/worker/lock.js';
import { until } from '../journeys/until.js';
import { type Going, type Headless, headless } from './headless.js';

const INSTALLING = '"step":"install_portlama","status":"running"';
const LIMIT_MS = 120_000;
const CONTAINER = ['/usr/bin/unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] as const;
/** The same in an image without util-linux: the home's files cannot be locked there. */
const CONTAINER_WITHOUT_FLOCK = [
  ...CONTAINER,
  '/bin/sh',
  '-c',
  'mount --bind /dev/null /usr/bin/flock && exec "$@"',
  'sh',
] as const;

/** Process ids of their own need CAP_SYS_ADMIN, which an unprivileged test run lacks. */
const canUnshare = spawnSync(CONTAINER[0], [...CONTAINER.slice(1), '/bin/true']).status === 0;
const describeContainers = canUnshare ? describe : describe.skip;
const WHY_SKIPPED = canUnshare ? '' : ' (skipped: unshare --pid is not permitted here)';

type Wrapper = readonly [string, ...string[]];

/** One that installs in a container which shares the home folder. */
async function provisionsIn(
  container: Wrapper,
  delays = 1,
): Promise<{ readonly person: Headless; readonly id: string; readonly going: Going }> {
  // Commands are asked for while it installs.
  const person = await headless(delays);
  const wish = ['provision', '--region', 'fra1', '--label', 'edge'];
  const going = person.startsUnder(container, wish);
  const folder = join(person.home.portlama, 'operations');
  const ids = (): Promise<string[]> => readdir(folder).catch(() => []);
  await until(async () => (await ids()).length === 1, 'an operation');
  const [id = ''] = await ids();
  await person.reaches(id, INSTALLING);
  return { person, id, going };
}

/** A recovery in a container which shares the home folder, once it shows the line for the console. */
async function recoversIn(
  container: Wrapper,
  person: Headless,
): Promise<{ readonly person: Headless; readonly id: string; readonly going: Going }> {
  const wish = ['servers', 'recover', 'edge', '--yes', 'edge'];
  const going = person.startsUnder(container, wish);
  await until(() => lineIn(going) !== undefined, 'the line for the console');
  const [listed = ''] = (await person.runs('operations', '--json')).stdout.split('\n');
  return { person, id: (JSON.parse(listed) as { id: string }).id, going };
}

function lineIn(going: Going): string | undefined {
  return /^install -d .*\.pub(?=\n)/m.exec(going.said())?.[0];
}

/** Process ids of workers, by which they are known out here. A zombie has no arguments. */
async function workersOf({ home }: Headless): Promise<readonly number[]> {
  const named = home.processes().map(async (pid) => {
    const name = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return name.includes('\0worker\0') ? [pid] : [];
  });
  return (await Promise.all(named)).flat();
}

/** Ends everything in the container at once, as `docker kill` does. */
async function killed({ person, going }: { person: Headless; going: Going }): Promise<void> {
  going.child.kill('SIGKILL');
  await going.ended;
  await until(async () => (await workersOf(person)).length === 0, 'the worker to be gone');
}

describeContainers(
  `a provisioning in another container${WHY_SKIPPED}`,
  { timeout: LIMIT_MS },
  () => {
    it('is running for everybody else: nothing is begun twice, and its end is seen', async () => {
      const { person, id, going } = await provisionsIn(CONTAINER);
      expect((await person.runs('operations')).stdout).toMatch(/running +6 of 11/);
      const resumed = await person.runs('operations', 'resume', id);
      expect(resumed.stderr).toMatch(/cannot be continued: it is running/);
      const other = await person.runs('provision', '--region', 'fra1', '--label', 'other');
      expect(other.stderr).toMatch(
        /in progress \(edge, operation [0-9a-f]{16}, process \d+ of another/,
      );
      for (const action of ['cancel', 'cleanup']) {
        const refused = await person.runs('operations', action, id);
        expect(refused.stderr).toMatch(/is being worked on by process \d+ of another container/);
        expect(refused.exitCode).toBe(1);
      }
      const inside = person.startsUnder(CONTAINER, ['operations', 'resume', id]);
      expect((await inside.ended).stderr).toMatch(/cannot be continued: it is running/);
      const attached = await person.runs('operations', 'attach', id);
      expect(attached).toMatchObject({ exitCode: 0, stderr: '' });
      expect((await going.ended).exitCode).toBe(0);
      expect((await person.account()).droplets).toHaveLength(1);
      const holder = await findLockHolder(provisioningLockPath(person.home.portlama));
      expect(holder).toBeUndefined();
    });

    it('that was killed with its container is interrupted: the next container resumes it', async () => {
      const { person, id, going } = await provisionsIn(CONTAINER, 0.2);
      await killed({ person, going });
      expect((await person.runs('operations')).stdout).toContain('interrupted  6 of 11');
      const resumed = await person.startsUnder(CONTAINER, ['operations', 'resume', id]).ended;
      expect(resumed).toMatchObject({ exitCode: 0, stderr: '' });
      expect((await person.account()).droplets).toHaveLength(1);
    });

    it('is never guessed about where its lock cannot be asked', async () => {
      const { person, id, going } = await provisionsIn(CONTAINER_WITHOUT_FLOCK);
      const lock = join(person.home.portlama, '.provisioning.lock');
      expect((await person.runs('operations')).stdout).toContain('cannot tell from here  6 of 11');
      const [listed = ''] = (await person.runs('operations', '--json')).stdout.split('\n');
      expect(JSON.parse(listed)).toMatchObject({ id, status: 'out-of-sight' });
      expect((await person.runs('doctor')).stdout).toMatch(
        /edge in fra1 .*: cannot tell from here/,
      );
      for (const action of ['resume', 'cancel', 'cleanup', 'dismiss']) {
        const refused = await person.runs('operations', action, id);
        expect([action, refused.exitCode, refused.stdout]).toEqual([action, 1, '']);
        expect(refused.stderr).toMatch(/cannot tell from here/i);
      }
      const other = await person.runs('provision', '--region', 'fra1', '--label', 'other');
      expect(other.stderr).toContain(lock);
      expect(await person.records(id)).toSatisfy(
        (records: { event: string }[]) =>
          records.filter(({ event }) => event === 'worker').length === 1,
      );
      // The way out that the message names, taken by someone who knows that the container is gone.
      await killed({ person, going });
      expect((await person.runs('operations', 'cleanup', id)).stderr).toContain(`remove ${lock}`);
      await rm(lock);
      expect((await person.runs('operations', 'cleanup', id)).exitCode).toBe(0);
      expect(await person.account()).toEqual({ droplets: [], keys: [], tags: [] });
    });
  },
);

describeContainers(`a recovery in another container${WHY_SKIPPED}`, { timeout: LIMIT_MS }, () => {
  it('is seen from outside, and resumed by the next container once it was killed with its own', async () => {
    const first = await headless(0);
    await first.runs('provision', '--region', 'fra1', '--label', 'edge');
    const { person, id, going } = await recoversIn(CONTAINER, first);
    const resumed = await person.runs('operations', 'resume', id);
    expect(resumed.stderr).toMatch(/cannot be continued: it is running/);
    const cancelled = await person.runs('operations', 'cancel', id);
    expect(cancelled.stderr).toMatch(/is being worked on by process \d+ of another container/);
    const other = await person.runs('certificate', 'renew', 'edge');
    expect(other.stderr).toMatch(/Other work on this server is in progress .* of another/);
    await killed({ person, going });
    expect((await person.runs('operations')).stdout).toContain('interrupted');
    const next = await recoversIn(CONTAINER, person);
    expect(next.id).toBe(id);
    const [droplet] = (await person.account()).droplets;
    const command = lineIn(next.going)!;
    await person.sandbox.perform({ action: 'runOnConsole', dropletId: droplet!.id, command });
    expect(await next.going.ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await person.runs('operations')).stdout).not.toContain(id);
  });

  it('whose worker is a zombie of process 1 is interrupted, and is not taken for one at work', async () => {
    const person = await headless(0);
    await person.runs('provision', '--region', 'fra1', '--label', 'edge');
    // Process 1 waits for nothing, as a program does that is no init; the front leaves its worker to it.
    const script = [
      '"$@" & front=$!',
      'until test -s "$HOME/line"; do sleep 0.1; done',
      'kill -KILL $front',
      'exec sleep 600',
    ].join('\n');
    const bare = [...CONTAINER_WITHOUT_FLOCK, '/bin/sh', '-c', script, 'sh'] as const;
    const { id, going } = await recoversIn(bare, person);
    await writeFile(join(person.env['HOME']!, 'line'), 'seen');
    const sleeper = await processOne(going);
    await until(async () => (await childrenOf(sleeper)).length > 0, 'the worker to be left');
    for (const pid of await workersOf(person)) process.kill(pid, 'SIGKILL');
    await until(async () => (await workersOf(person)).length === 0, 'the worker to be gone');
    const inside = ['/usr/bin/nsenter', '--target', `${sleeper}`, '--pid', '--mount'] as const;
    const listed = await person.startsUnder(inside, ['operations']).ended;
    expect(listed.stdout).toContain('interrupted');
    const cleaned = await person.startsUnder(inside, ['operations', 'cleanup', id]).ended;
    expect(cleaned).toMatchObject({ exitCode: 0, stderr: '' });
    going.child.kill('SIGKILL');
  });
});

/** Process 1 of a container, by its id out here. */
async function processOne({ child }: Going): Promise<number> {
  const [pid] = await childrenOf(child.pid!);
  return pid!;
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}
