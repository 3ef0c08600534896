import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
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

/** Ends everything in the container at once, as `docker kill` does. */
async function killed({ person, going }: { person: Headless; going: Going }): Promise<void> {
  going.child.kill('SIGKILL');
  await going.ended;
  await until(async () => {
    const names = await Promise.all(
      person.home
        .processes()
        .map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    return !names.some((name) => name.includes('\0worker\0'));
  }, 'the worker to be gone');
}

describeContainers(
  `a provisioning in another container${WHY_SKIPPED}`,
  { timeout: LIMIT_MS },
  () => {
    it('is running for everybody else: nothing is begun twice, and its end is seen', async () => {
      const { person, id, going } = await provisionsIn(CONTAINER);
      expect((await person.runs('operations')).stdout).toContain('running  6 of 11');
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
