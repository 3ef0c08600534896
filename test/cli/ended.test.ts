import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processStartOf } from '../../src/services/process/identity.js';
import { type Going, type Headless, headless } from '../faults/headless.js';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';
import { MAIN } from '../journeys/home.js';
import { until } from '../journeys/until.js';

const INSTALLING = '"step":"install_portlama","status":"running"';
const EXIT_CODES = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130 } as const;
const SIGNALS = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];
const LIMIT_MS = 120_000;
const CONTAINER = ['/usr/bin/unshare', '--pid', '--fork', '--mount-proc'] as const;
/** Process ids of their own need CAP_SYS_ADMIN, which an unprivileged test run lacks. */
const canUnshare = spawnSync(CONTAINER[0], [...CONTAINER.slice(1), '/bin/true']).status === 0;
const WHY_SKIPPED = canUnshare ? '' : ' (skipped: unshare --pid is not permitted here)';

/** The one line that says how to come back to the work. */
function wayBack(id: string): RegExp {
  return new RegExp(
    `^The work continues in the background.*portlama-tui --sandbox operations attach ${id}.*portlama-tui --sandbox operations cancel ${id}`,
    'm',
  );
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

/** `provision` under a wrapper, once it installs. */
async function installing(
  wrapper: readonly [string, ...string[]],
  ...options: readonly string[]
): Promise<{ readonly person: Headless; readonly id: string; readonly going: Going }> {
  const person = await headless(1);
  const wish = ['provision', '--region', 'fra1', '--label', 'edge', ...options];
  const going = person.startsUnder(wrapper, wish);
  const folder = join(person.home.portlama, 'operations');
  const ids = (): Promise<string[]> => readdir(folder).catch(() => []);
  await until(async () => (await ids()).length === 1, 'an operation');
  const [id = ''] = await ids();
  await person.reaches(id, INSTALLING);
  return { person, id, going };
}

/** The process with these words among its arguments. */
async function processWith(person: Headless, ...words: readonly string[]): Promise<number> {
  for (const pid of person.home.processes()) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const args = line.split('\0');
    if (args[0] === process.execPath && words.every((word) => args.includes(word))) return pid;
  }
  throw new Error(`no process of ${words.join(' ')}`);
}

const NOTHING = { droplets: [], keys: [], tags: [] };

describe('a command that is ended while the work goes on', { timeout: LIMIT_MS }, () => {
  it.each(SIGNALS)('says how to come back to it: %s', async (signal) => {
    const { person, id, going } = await installing(['/usr/bin/env']);
    const json = person.starts('operations', 'attach', id, '--json');
    const words = person.starts('operations', 'attach', id);
    await until(() => words.said().includes('6 of 11') && json.said().includes('wait_ssh'), 'them');
    for (const { child } of [going, json, words]) child.kill(signal);
    for (const ended of [await going.ended, await words.ended]) {
      expect(ended).toMatchObject({ exitCode: EXIT_CODES[signal], stderr: '' });
      expect(lastLine(ended.stdout)).toMatch(wayBack(id));
    }
    const { exitCode, stdout, stderr } = await json.ended;
    expect(exitCode).toBe(EXIT_CODES[signal]);
    expect(stderr).toMatch(wayBack(id));
    expect(JSON.parse(lastLine(stdout))).toEqual({
      event: 'error',
      step: 'install_portlama',
      message: expect.stringMatching(wayBack(id)) as string,
      recoverable: false,
    });
    expect((await person.runs('operations')).stdout).toContain('running');
  });

  it('says so when its parent died, too', async () => {
    const shell = ['/bin/sh', '-c', '"$@"; true', 'sh'] as const;
    const { person, id, going } = await installing(shell);
    const front = await processWith(person, 'provision');
    going.child.kill('SIGKILL');
    const { stdout } = await going.ended;
    expect(lastLine(stdout)).toMatch(wayBack(id));
    await until(async () => (await processStartOf(front)) === undefined, 'it to end');
    expect((await person.runs('operations')).stdout).toContain('running');
  });

  it('says so for the worker that is only starting', async () => {
    const person = await headless(1);
    const going = person.starts('provision', '--region', 'fra1', '--label', 'edge');
    const folder = join(person.home.portlama, 'operations');
    await until(async () => (await readdir(folder).catch(() => [])).length === 1, 'an operation');
    going.child.kill('SIGTERM');
    const { exitCode, stdout } = await going.ended;
    const [id = ''] = await readdir(folder);
    expect([exitCode, lastLine(stdout)]).toEqual([143, expect.stringMatching(wayBack(id))]);
  });

  it('says so below the full screen', async () => {
    const { person, id } = await installing(['/usr/bin/env']);
    const program = ptyProgram({
      command: [process.execPath, MAIN, '--sandbox'],
      env: person.env,
      columns: 200,
    });
    onTestFinished(() => program.kill());
    await program.waitFor(/edge +provisioning/);
    process.kill(program.pid, 'SIGTERM');
    await program.waitFor(`operations attach ${id}`);
    await until(() => program.exitCode !== undefined, 'its end');
    expect(program.exitCode).toBe(143);
    expect(await program.screen()).toMatch(wayBack(id));
  });
});

describe('work in the foreground', { timeout: LIMIT_MS }, () => {
  it.each(SIGNALS)('is cancelled and cleaned up before the end: %s', async (signal) => {
    const { person, going } = await installing(['/usr/bin/env'], '--foreground');
    going.child.kill(signal);
    const { exitCode, stdout, stderr } = await going.ended;
    expect([exitCode, stderr]).toEqual([EXIT_CODES[signal], '']);
    expect(stdout).toMatch(/^Cancelling: .*[^]*nothing is left that costs money/m);
    expect(await person.account()).toEqual(NOTHING);
    expect(await person.home.workers()).toEqual([]);
  });

  it('names what is left, with exit code 1, and as NDJSON', async () => {
    const { person, going } = await installing(['/usr/bin/env'], '--foreground', '--json');
    const match = { method: 'DELETE', path: '/v2/droplets/*' };
    await person.sandbox.perform({
      action: 'addFault',
      fault: { kind: 'status', status: 403, match, times: 'forever' },
    });
    going.child.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await going.ended;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Cancelling: [^]*Remove this by hand:\n[^]*droplet \d+, costs \$4 a month/m,
    );
    expect(JSON.parse(lastLine(stdout))).toMatchObject({ event: 'error', recoverable: false });
  });
});

describe.skipIf(!canUnshare)(
  `as process 1 of a container${WHY_SKIPPED}`,
  { timeout: LIMIT_MS },
  () => {
    it('SIGTERM cancels, cleans up, and ends with 143', async () => {
      const { person, going } = await installing(CONTAINER);
      process.kill(await processWith(person, 'provision'), 'SIGTERM');
      const { exitCode, stdout } = await going.ended;
      expect(stdout).toMatch(/^Cancelling: .*[^]*nothing is left that costs money/m);
      expect(exitCode).toBe(143);
      expect(await person.account()).toEqual(NOTHING);
      expect(await readdir(person.home.portlama)).not.toContain('.provisioning.lock');
    });

    it('SIGTERM cancels work on a server as well, and ends once its worker has', async () => {
      const person = await headless(0);
      await person.runs('provision', '--region', 'fra1', '--label', 'edge');
      const wish = ['servers', 'recover', 'edge', '--yes', 'edge'];
      const going = person.startsUnder(CONTAINER, wish);
      await until(() => going.said().includes('install -d'), 'the line for the console');
      process.kill(await processWith(person, 'recover'), 'SIGTERM');
      const { exitCode, stdout, stderr } = await going.ended;
      expect([exitCode, stdout]).toEqual([143, expect.stringContaining('Cancelling: ')]);
      expect(stderr).toContain('It was cancelled.');
      expect(stdout).not.toContain('continues in the background');
      const listed = await person.runs('operations');
      expect(listed.stdout).toMatch(/cancelled +0 of 4, Logging in/);
    });

    it.each(SIGNALS)('ends by %s also where nothing is under way', async (signal) => {
      const person = await headless(0);
      const silent = createServer();
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void silent.close());
      let isAsked = false;
      silent.on('request', () => (isAsked = true));
      const api = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const token = `PORTLAMA_CLOUD_TOKEN=dop_v1_${'b2'.repeat(32)}`;
      const env = ['/usr/bin/env', `DIGITALOCEAN_API_URL=${api}`, token] as const;
      const command = [
        ...CONTAINER,
        ...env,
        '/bin/sh',
        '-c',
        'exec "$1" "$2" strays',
        'sh',
      ] as const;
      const going = person.startsUnder(command, []);
      await until(() => isAsked, 'a request');
      process.kill(await processWith(person, 'strays'), signal);
      expect((await going.ended).exitCode).toBe(EXIT_CODES[signal]);
    });

    it('the full screen cancels below itself what a command began in its container', async () => {
      const person = await headless(1);
      const program = ptyProgram({
        command: [...CONTAINER, process.execPath, MAIN, '--sandbox'],
        env: person.env,
        columns: 120,
      });
      onTestFinished(() => program.kill());
      await program.waitFor('No servers yet');
      const children = `/proc/${program.pid}/task/${program.pid}/children`;
      const front = Number(await readFile(children, 'utf8'));
      const inside = ['/usr/bin/nsenter', '--target', String(front), '--pid', '--mount'] as const;
      const wish = ['provision', '--region', 'fra1', '--label', 'edge'];
      const going = person.startsUnder(inside, wish);
      await program.waitFor(/edge +provisioning/, 60_000);
      process.kill(front, 'SIGTERM');
      // Step 1 creates nothing, and a busy machine can still be there.
      await program.waitFor(/nothing is left that costs money|so nothing costs money/, 60_000);
      await until(() => program.exitCode !== undefined, 'its end');
      expect(program.exitCode).toBe(143);
      expect(await person.account()).toEqual(NOTHING);
      await going.ended;
    });

    it('stays until its work is done, whoever attached to it', async () => {
      const { person, going } = await installing(CONTAINER);
      const ended = await going.ended;
      expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await readdir(person.home.portlama)).not.toContain('.provisioning.lock');
      expect((await person.account()).droplets).toHaveLength(1);
    });
  },
);
