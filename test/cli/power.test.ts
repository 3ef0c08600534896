import { expect, it } from 'vitest';
import { control, runningSandbox } from '../fixtures/running-sandbox.js';

it('powers a droplet off, resizes it, and powers it on again', async () => {
  const sandbox = await runningSandbox();
  const id = (await control(sandbox, {
    action: 'addUnlisted',
    name: 'portlama-lab',
    tags: ['portlama:managed'],
  })) as number;
  expect((await sandbox.run(['droplets', 'adopt', String(id)])).exitCode).toBe(0);
  const resize = ['servers', 'resize', 'lab', '--size', 's-1vcpu-1gb'];

  const early = await sandbox.run(resize);
  expect([early.exitCode, early.stdout]).toEqual([2, '']);
  expect(early.stderr).toContain(
    'Shut it down first: portlama-tui --sandbox servers power lab off',
  );

  const unconfirmed = await sandbox.run(['servers', 'power', 'lab', 'off']);
  expect(unconfirmed.exitCode).toBe(2);
  expect(unconfirmed.stderr).toContain('servers power lab off --yes lab');

  const off = await sandbox.run(['servers', 'power', 'lab', 'off', '--yes', 'lab']);
  expect(off.stdout).toContain('lab is off.\nA droplet that is off is still billed: $4/month.');
  const resized = await sandbox.run([...resize, '--yes', 'lab']);
  expect(resized.stdout).toContain('it costs $6/month instead of $4/month');
  const on = await sandbox.run(['servers', 'power', 'lab', 'on']);
  expect([on.exitCode, on.stdout]).toEqual([
    0,
    expect.stringContaining('lab is on. Its panel answers in about a minute.'),
  ]);
});
