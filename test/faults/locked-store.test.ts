import { DEFAULT_SIZE } from '../../src/core/product.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { operationKey } from '../../src/services/keystore/keystore.js';
import { type CrashWorld, openCrashWorld } from './crash/crash-world.js';
import { checkOnline } from './crash/verdict.js';

const LIMIT_MS = 120_000;

/** With the vault as its store; the worker was killed right after it began to clean up. */
async function killedInCleanUp(): Promise<{ readonly world: CrashWorld; readonly id: string }> {
  const world = await openCrashWorld('vault');
  onTestFinished(() => world.close());
  world.crashAt = '"step":"cleanup","status":"running" after';
  const id = await world.operations.start(
    { region: 'fra1', label: 'edge', size: DEFAULT_SIZE },
    SANDBOX_TOKEN,
  );
  await world.workerEnd();
  world.crashAt = undefined;
  expect((await world.operations.get(id))?.status).toBe('interrupted');
  return { world, id };
}

async function expectClean(world: CrashWorld, id: string): Promise<void> {
  const operation = await world.operations.get(id);
  expect(operation).toMatchObject({ status: 'succeeded', leftovers: [] });
  expect(await checkOnline(world, operation!)).toEqual([]);
}

describe('a vault that is locked while a provisioning is cleaned up', { timeout: LIMIT_MS }, () => {
  it('is asked for before a resumed worker starts, and nothing is lost by that', async () => {
    const { world, id } = await killedInCleanUp();
    const locked = await world.command(['operations', 'resume', id], 'locked');
    expect(locked).toMatchObject({ exitCode: 1, stdout: '' });
    expect(locked.stderr).toContain('The vault is locked');
    const { stdout } = await world.command(['doctor'], 'locked');
    expect(stdout).toContain('is online, but its clean-up was interrupted');
    expect(stdout).toContain(`operations resume ${id}`);
    const resumed = await world.command(['operations', 'resume', id]);
    expect(resumed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(resumed.stdout).toContain('the temporary key is gone from it');
    await expectClean(world, id);
  });

  it('keeps the key, and what needs it is named with exit code 1 until it is open', async () => {
    const { world, id } = await killedInCleanUp();
    for (let time = 0; time < 2; time++) {
      const cleaned = await world.command(['operations', 'cleanup', id], 'locked');
      expect(cleaned.exitCode).toBe(1);
      expect(cleaned.stdout).toContain('The vault is locked');
      expect(cleaned.stdout).toContain('Online: edge at https:');
      expect(cleaned.stdout).toMatch(/^ {2}host-key host key of [\d.]+\. Once that is possible:/m);
      expect(cleaned.stdout).toContain(`portlama-tui --sandbox operations cleanup ${id}`);
      expect(cleaned.stdout + cleaned.stderr).not.toContain('create the server again');
    }
    const { service, account } = operationKey(id);
    expect(await world.secretNames()).toContain(`${service} ${account}`);
    expect(world.sandbox.state().keys).toEqual([]);
    const doctor = await world.command(['doctor'], 'locked');
    expect(doctor.exitCode).toBe(1);
    expect(doctor.stdout).toContain('is online, but its clean-up left ssh-key authorized_keys on');
    expect(doctor.stdout).toContain(`operations cleanup ${id}`);
    const attached = await world.command(['operations', 'attach', id, '--json'], 'locked');
    expect(attached.exitCode).toBe(1);
    expect(attached.stderr).toContain(`operations cleanup ${id}`);
    const done = await world.command(['operations', 'cleanup', id]);
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    await expectClean(world, id);
    const again = await world.command(['operations', 'cleanup', id]);
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.stderr).toContain('has succeeded, and nothing temporary is left of it.');
  });
});
