import { expect, it } from 'vitest';
import { droplets, runningSandbox } from '../fixtures/running-sandbox.js';

const LIMIT_MS = 60_000;

it('lists the sizes with prices and regions, as text and as JSON', async () => {
  const sandbox = await runningSandbox();
  const { exitCode, stdout } = await sandbox.run(['sizes']);
  expect(exitCode).toBe(0);
  const [head, first] = stdout.split('\n');
  expect(head).toMatch(/^SIZE +MEMORY +VCPU +DISK +PRICE +REGIONS$/);
  expect(first).toMatch(/^s-1vcpu-512mb-10gb +512 MB +1 +10 GB +\$4\/month +ams3 fra1 nyc1 /);
  const json = await sandbox.run(['sizes', '--region', 'lon1', '--json']);
  const records = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(records).toHaveLength(6);
  expect(records[0]).toMatchObject({ slug: 's-1vcpu-1gb', memoryMb: 1024, monthlyUsd: 6 });
  const wrong = await sandbox.run(['sizes', '--region', 'moon1']);
  expect([wrong.exitCode, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toContain('"moon1" is not one of these regions.');
});

it(
  'refuses a size that the region does not offer, creates another one, and says what it stops costing',
  async () => {
    const sandbox = await runningSandbox();
    const refused = await sandbox.run(['provision', '--region', 'lon1']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout + refused.stderr).toContain('does not offer the size s-1vcpu-512mb-10gb');
    expect(await droplets(sandbox)).toEqual([]);
    const args = ['provision', '--region', 'lon1', '--label', 'edge', '--size', 's-1vcpu-1gb'];
    const made = await sandbox.run(args);
    expect(made.exitCode).toBe(0);
    const listed = await sandbox.run(['droplets']);
    expect(listed.stdout).toMatch(/portlama-edge +lon1 .* s-1vcpu-1gb +\$6\/month +edge$/m);
    const destroyed = await sandbox.run(['servers', 'destroy', 'edge', '--yes', 'edge']);
    expect(destroyed.stdout).toContain('It stops costing $6/month.');
  },
  LIMIT_MS,
);
