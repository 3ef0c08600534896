import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CheckResult, HealthChange } from '../../../src/services/health/health.js';
import { readHistory } from '../../../src/services/health/history/history-file.js';
import { HealthPoller } from '../../../src/services/health/health-poller.js';
import { SharedHealth } from '../../../src/services/health/shared-health.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';
import { serverEntry } from '../registry/server-entry.js';
import { settle, SteppedClock } from './stepped-clock.js';

const SERVER = serverEntry();
const ONLINE: CheckResult = { state: 'online', latencyMs: 20, version: '1' };
const OFFLINE: CheckResult = { state: 'offline', code: 'panel-timeout', reason: 'no answer' };

/** End of the admin certificate that this program finds, epoch milliseconds. */
const CERTIFICATE_ENDS_AT = Date.UTC(2028, 10, 19);

/** A program of this home: what it looks at, what it shows. */
function program(home: string, clock: SteppedClock, results: CheckResult[] = []) {
  const looks: string[] = [];
  const errors: string[] = [];
  const changes: HealthChange[] = [];
  const poller = new HealthPoller({
    clock,
    random: () => 0.5,
    certificateEnd: () => CERTIFICATE_ENDS_AT,
    check: async ({ id }) => {
      looks.push(id);
      return results.length > 1 ? results.shift()! : (results[0] ?? ONLINE);
    },
  });
  const health = new SharedHealth({
    home,
    clock,
    poller,
    onError: (message) => errors.push(message),
  });
  health.onChange((change) => changes.push(change));
  onTestFinished(async () => {
    await health.close();
    poller.dispose();
  });
  return { health, looks, errors, changes, last: () => changes.at(-1)?.health };
}

/** Lets time pass until something is so: locks and files take time of their own. */
async function until(clock: SteppedClock, isSo: () => boolean, stepMs = 500): Promise<void> {
  for (let tries = 0; tries < 400 && !isSo(); tries++) {
    await clock.pass(stepMs);
    await settle();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(isSo()).toBe(true);
}

describe('health of programs that share a home folder', () => {
  it('is looked at by one of them, and read by the others; the next takes over when it ends', async () => {
    const [home, clock] = [await temporaryFolder(), new SteppedClock()];
    const first = program(home, clock, [OFFLINE, ONLINE]);
    first.health.setServers([SERVER]);
    await until(clock, () => first.looks.length >= 1, 0);
    const second = program(home, clock);
    second.health.setServers([SERVER]);
    await until(clock, () => second.last()?.state === 'offline');
    expect(second.last()).toMatchObject({ reason: 'no answer', code: 'panel-timeout' });
    expect(second.last()?.certificateEndsAt).toBe(CERTIFICATE_ENDS_AT);
    await until(clock, () => second.last()?.state === 'online');
    expect(second.looks).toEqual([]);
    // What a person asks for is looked at, by whichever program they ask.
    second.health.refresh(SERVER.id);
    await until(clock, () => second.looks.length === 1, 0);

    const before = (await first.health.history(SERVER.id)).samples.length;
    await first.health.close();
    await until(clock, () => second.looks.length >= 3);
    const { samples, outages } = await second.health.history(SERVER.id);
    expect(samples.length).toBeGreaterThan(before);
    expect(outages).toHaveLength(1);
    expect(outages[0]!.to).toBeDefined();
    expect([...first.errors, ...second.errors]).toEqual([]);
  });

  it('keeps nothing of a panel that nobody here can open: that is time not watched', async () => {
    const [home, clock] = [await temporaryFolder(), new SteppedClock()];
    const needed = { state: 'certificate-needed', lacks: 'confirmation', reason: 'none' } as const;
    const only = program(home, clock, [needed]);
    only.health.setServers([SERVER]);
    await until(clock, () => only.last()?.state === 'certificate-needed', 0);
    expect((await only.health.history(SERVER.id)).samples).toEqual([]);
    expect(await readdir(home)).toEqual(['health']);
  });

  it('writes nothing before there is a server, and only private files then', async () => {
    const [home, clock] = [await temporaryFolder(), new SteppedClock()];
    const only = program(home, clock);
    only.health.setServers([]);
    await settle();
    expect(await readdir(home)).toEqual([]);
    only.health.setServers([SERVER]);
    await until(clock, () => only.looks.length === 1, 0);
    await only.health.close();
    for (const [path, mode] of [
      [join(home, 'health'), 0o700],
      [join(home, 'health', 'now'), 0o600],
    ] as const)
      expect((await lstat(path)).mode & 0o777).toBe(mode);
    expect(await readdir(join(home, 'health'))).toEqual(['now']);
  });

  it('has a line of one size for each server, however long its reason is, none for one that left', async () => {
    const [home, clock] = [await temporaryFolder(), new SteppedClock()];
    const only = program(home, clock, [{ ...OFFLINE, reason: '✖'.repeat(2_000) }]);
    const other = serverEntry({ id: 'other' });
    only.health.setServers([SERVER, other]);
    await until(clock, () => only.looks.length === 2, 0);
    only.health.setServers([other]);
    await only.health.close();
    const text = await readFile(join(home, 'health', 'now'));
    expect(text).toHaveLength(2 * 512);
    expect(text.toString()).not.toContain(SERVER.id);
    expect(text.toString()).toContain('"other"');
  });

  it('has every look of a crowd in its history, also the newest, and when it ends', async () => {
    const [home, clock] = [await temporaryFolder(), new SteppedClock()];
    const crowd = Array.from({ length: 120 }, (_, index) => serverEntry({ id: `server-${index}` }));
    const only = program(home, clock);
    only.health.setServers(crowd);
    await until(clock, () => only.looks.length >= 6 * crowd.length, 10_000);
    const looksAt = (id: string): number => only.looks.filter((each) => each === id).length;
    const { samples } = await only.health.history('server-119');
    expect(samples).toHaveLength(looksAt('server-119'));
    await only.health.close();
    const first = await readHistory(home, 'server-0', clock.now());
    expect(first.samples).toHaveLength(looksAt('server-0'));
  });

  it('looks at the panels where nothing can be kept, and says once why', async () => {
    const [home, clock] = [await temporaryFolder(), new SteppedClock()];
    await writeFile(join(home, 'health'), 'in the way');
    const only = program(home, clock);
    only.health.setServers([SERVER]);
    await until(clock, () => only.looks.length >= 3);
    expect(only.errors).toHaveLength(1);
    expect(only.errors[0]).toContain('Health could not be saved');
    // Once it is out of the way, history is kept from then on.
    await rm(join(home, 'health'));
    await mkdir(join(home, 'health'));
    const looks = only.looks.length;
    await until(clock, () => only.looks.length > looks + 1);
    await only.health.close();
    expect((await only.health.history(SERVER.id)).samples.length).toBeGreaterThan(0);
  });

  it('looks on where its own file cannot be begun, and leaves the place to another', async () => {
    const [home, clock] = [await temporaryFolder(), new SteppedClock()];
    await mkdir(join(home, 'health', 'now', 'in the way'), { recursive: true });
    const first = program(home, clock);
    first.health.setServers([SERVER]);
    await until(clock, () => first.looks.length >= 3);
    expect(first.errors).toHaveLength(1);
    expect(await readdir(join(home, 'health'))).toEqual(['now']);
  });

  it('reads on past what is torn or foreign in the file of another program', async () => {
    const [home, clock] = [await temporaryFolder(), new SteppedClock()];
    const first = program(home, clock);
    first.health.setServers([SERVER]);
    await until(clock, () => first.looks.length >= 1, 0);
    const second = program(home, clock);
    second.health.setServers([SERVER]);
    await until(clock, () => second.last()?.state === 'online');
    const path = join(home, 'health', 'now');
    const foreign = ['{"id":', '{"id":7}', '[]', '{"id":"x","at":1,"health":{"state":"online"}}'];
    const news = { state: 'offline', since: 5, reason: 'told', code: 'x' };
    const line = JSON.stringify({ id: SERVER.id, at: 7, health: news });
    await writeFile(path, [...foreign, line, ''].join('\n'));
    await until(clock, () => second.changes.some(({ health }) => 'reason' in health));
    expect(second.errors).toEqual([]);
  });
});
