import { describe, expect, it, onTestFinished } from 'vitest';
import { DEFAULT_DELAYS, plannedDelayMs } from '../../src/sandbox/delays.js';
import { NO_DELAYS } from '../fixtures/no-delays.js';
import { startSandbox } from '../fixtures/open-sandbox.js';
import { ManualClock } from '../fixtures/manual-clock.js';
import { createTestDroplet, FOLDER, TestShell } from './droplet-fixture.js';

describe('delays', () => {
  it('make a provisioning shorter than half a minute, or nothing at all', () => {
    expect(plannedDelayMs(DEFAULT_DELAYS)).toBeLessThan(30_000);
    expect(plannedDelayMs(DEFAULT_DELAYS)).toBeGreaterThan(15_000);
    expect(plannedDelayMs(NO_DELAYS)).toBe(0);
  });

  it('of the installation are kept to, and its lines come one after the other', async () => {
    const clock = new ManualClock();
    const delays = { ...NO_DELAYS, install: DEFAULT_DELAYS.install };
    const sandbox = await startSandbox({ clock, delays, restartSshDuringInstall: false });
    onTestFinished(() => sandbox.close());
    const droplet = await createTestDroplet(sandbox);
    const shell = await TestShell.open(sandbox, droplet);
    await shell.upload();
    const start = clock.monotonic();
    await shell.exec(`sh ${FOLDER}/start.sh`);
    const { stdout } = await shell.exec(`sh ${FOLDER}/follow.sh 0`);
    shell.close();
    const { redeploy_panel: _onlyOnASecondOne, ...steps } = DEFAULT_DELAYS.install;
    const total = Object.values(steps).reduce((sum, ms) => sum + ms, 0);
    expect(clock.monotonic() - start).toBeCloseTo(total, 3);
    const plain = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    expect(clock.sleeps.filter((ms) => ms > 0).length).toBe(plain.length + 11);
  });

  it('of the hand-over are kept to', async () => {
    const clock = new ManualClock();
    const sandbox = await startSandbox({ clock, delays: { ...NO_DELAYS, handOverMs: 500 } });
    onTestFinished(() => sandbox.close());
    const droplet = await createTestDroplet(sandbox);
    const shell = await TestShell.open(sandbox, droplet);
    await shell.upload();
    await shell.exec(`sh ${FOLDER}/hand-over.sh prepare`);
    await shell.exec(`printf '%s\\n' '${droplet.key.publicKey}' | sh ${FOLDER}/hand-over.sh apply`);
    shell.close();
    expect(clock.sleeps).toEqual([250, 250]);
  });
});
