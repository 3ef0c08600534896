import type { ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/folder.js';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { answersOf } from '../fixtures/json-answers.js';
import { entries, runningSandbox } from '../fixtures/running-sandbox.js';

it('tells servers and droplets as JSON, serves metrics, and ends with the signal', async () => {
  const sandbox = await runningSandbox();
  const made = await sandbox.run(['provision', '--region', 'fra1', '--label', 'lab']);
  expect(made.exitCode).toBe(0);
  let child: ChildProcess | undefined;
  let [stdout, stderr] = ['', ''];
  const args = ['watch', '--json', '--metrics', '0', '--exec', '/bin/false'];
  const running = sandbox.run(args, {
    onStart: (started) => {
      child = started;
      started.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      started.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    },
  });
  const events = () =>
    answersOf('watch', { stdout }) as readonly { event: string; state: string; before: null }[];
  await expect
    .poll(() =>
      events()
        .map(({ event }) => event)
        .sort(),
    )
    .toEqual(['droplet', 'health']);
  expect(events().map(({ state, before }) => [state, before])).toEqual(
    expect.arrayContaining([
      ['active', null],
      ['online', null],
    ]),
  );
  expect(events().find(({ event }) => event === 'health')).toMatchObject({
    server: { account: { name: 'default', email: expect.stringContaining('@') as string } },
  });
  const [url] = /http:\S+/.exec(stderr) ?? [''];
  const scrape = async () => await (await fetch(url)).text();
  await expect.poll(scrape).toMatch(/^portlama_panel_up\{server="lab",.*\} 1$/m);
  await expect.poll(scrape).toMatch(/^portlama_token_expiry_timestamp_seconds\{/m);
  const metrics = await scrape();
  child!.kill('SIGTERM');
  expect((await running).exitCode).toBe(143);
  const [{ id }] = (await entries(sandbox)) as [ServerEntry];
  const password = await sandbox.store(`service=com.portlama.server&account=${id}`);
  for (const secret of [SANDBOX_TOKEN, password!])
    expect(stdout + stderr + metrics).not.toContain(secret);
});

it('tells what it has missed, whatever another watch of the same kind told meanwhile', async () => {
  const sandbox = await runningSandbox();
  await sandbox.run(['provision', '--region', 'fra1', '--label', 'lab']);
  const start = () => {
    let [stdout, child] = ['', undefined as ChildProcess | undefined];
    const ended = sandbox.run(['watch', '--json'], {
      onStart: (started) => {
        child = started;
        started.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      },
    });
    const events = () =>
      answersOf('watch', { stdout }) as readonly { event: string; id: string; state: string }[];
    const states = () =>
      events().flatMap(({ event, state }) => (event === 'health' ? [state] : []));
    const kill = async (signal: NodeJS.Signals) => (child!.kill(signal), await ended);
    onTestFinished(async () => void (await kill('SIGKILL')));
    return { events, states, kill };
  };
  const [first, second] = [start(), start()];
  for (const { states } of [first, second])
    await expect.poll(states, { timeout: 60_000 }).toEqual(['online']);
  await first.kill('SIGKILL');
  const off = await sandbox.run(['servers', 'power', 'lab', 'off', '--yes', 'lab']);
  expect(off.exitCode).toBe(0);
  await expect.poll(second.states, { timeout: 60_000 }).toEqual(['online', 'offline']);
  const third = start();
  await expect.poll(third.states, { timeout: 60_000 }).toEqual(['offline']);
  await Promise.all([second.kill('SIGTERM'), third.kill('SIGTERM')]);
  for (const { events } of [second, third]) {
    const ids = events().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
  const files = (await readdir(join(sandbox.home, 'health'))).filter((name) =>
    name.startsWith('watch'),
  );
  expect(files.sort()).toEqual([
    expect.stringMatching(/^watch-\w{12}-2\.json$/),
    expect.stringMatching(/^watch-\w{12}\.json$/),
  ]);
}, 240_000);

describe('watch', () => {
  it('refuses what it cannot hand over to before it begins', async () => {
    const sandbox = await runningSandbox();
    const refused = async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await sandbox.run(['watch', ...args]);
      expect([exitCode, stdout]).toEqual([2, '']);
      return stderr;
    };
    expect(await refused('--webhook', 'http://hooks.example.com/x')).toContain(
      'must be an https address',
    );
    expect(await refused('--exec', 'notify')).toContain('must begin with the absolute path');
    expect(await refused('--metrics', 'here')).toContain('"here" is no address with a port.');
  });
});
