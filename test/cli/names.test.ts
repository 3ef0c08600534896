import { expect, it } from 'vitest';
import { control, entries, runningSandbox } from '../fixtures/running-sandbox.js';

it('adopts with a label, renames, notes, and removes without destroying', async () => {
  const sandbox = await runningSandbox();
  const unlisted = { action: 'addUnlisted', name: 'portlama-x', tags: ['portlama:managed'] };
  const id = String(await control(sandbox, unlisted));
  const adopted = await sandbox.run(['droplets', 'adopt', id, '--label', 'lab']);
  expect(adopted.stdout).toMatch(/^Added lab as inactive\..*\nhttps:\/\/[\d.]+:9292: \S/);

  const renamed = await sandbox.run(['servers', 'rename', 'lab', 'edge']);
  expect(renamed.stdout).toContain('Renamed lab to edge; its droplet is portlama-edge.\n');
  expect((await sandbox.run(['droplets'])).stdout).toMatch(/portlama-edge .* edge$/m);

  await sandbox.run(['servers', 'note', 'edge', 'rented until May']);
  expect((await sandbox.run(['servers', 'note', 'edge'])).stdout).toBe('rented until May\n');
  expect(JSON.stringify(await entries(sandbox))).not.toContain('rented');

  const address = await sandbox.run(['servers', 'address', 'edge', 'http://203.0.113.9']);
  expect(address.exitCode).toBe(2);

  const removed = await sandbox.run(['servers', 'remove', 'edge', '--yes', 'edge']);
  expect(removed.stdout).toContain('Removed edge; the server keeps running.');
  expect((await sandbox.run(['droplets'])).stdout).toContain('portlama-edge');
});
