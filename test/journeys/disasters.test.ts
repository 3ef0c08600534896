import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { aPerson, type Person } from './person.js';
import { until } from './until.js';

/** Longer than any wait between two tries of the sandbox. */
const ASLEEP_MS = 3_000;

it.each([
  ['the droplet boots', 'Waiting for boot', 0.5],
  ['Portlama is installed', '2/7', 0.3],
])('goes on where it was when the machine slept while %s', async (_name, what, delays) => {
  const person = await aPerson({ delays });
  await person.startsAServer('lab');
  await person.sees(what);
  await sleeps(person);
  await person.seesItThrough('lab');
  const { droplets } = await (await person.home.sandbox()).state();
  expect(droplets.filter(({ team, deleted }) => team === 'sandbox' && !deleted)).toHaveLength(1);
});

it('says that DigitalOcean is rate limiting, and when the next try is', async () => {
  const person = await aPerson({ columns: 120, rows: 40 });
  person.opens();
  await person.sees('No servers yet');
  const sandbox = await person.home.sandbox();
  const match = { method: 'POST', path: '/v2/account/keys' };
  await sandbox.perform({
    action: 'addFault',
    fault: { kind: 'status', status: 429, retryAfterSeconds: 8, match },
  });
  await person.createsServer('lab');
  await person.sees('DigitalOcean is rate limiting, next try in 8 s', 'Uploading SSH key');
  await person.seesItThrough('lab');
});

it('says while the token is checked that DigitalOcean is rate limiting', async () => {
  const person = await aPerson();
  person.opens();
  await person.sees('No servers yet');
  const sandbox = await person.home.sandbox();
  const match = { path: '/v2/account' };
  // One may hit the look at the account at the start.
  await sandbox.perform({
    action: 'addFault',
    fault: { kind: 'status', status: 429, retryAfterSeconds: 3, match, times: 2 },
  });
  person.presses('n');
  await person.sees('leave empty to');
  person.presses('enter');
  await person.sees('DigitalOcean is rate limiting, next try in 3 s');
  await person.sees('› Next ‹', 'account active');
});

it('waits for the desktop app, says which process it is, and goes on once that is gone', async () => {
  const person = await aPerson();
  person.opens();
  await person.sees('No servers yet');
  const desktop = spawn('/bin/sleep', ['600'], { stdio: 'ignore' });
  onTestFinished(() => void desktop.kill('SIGKILL'));
  await once(desktop, 'spawn');
  await writeFile(join(person.home.portlama, '.provisioning.lock'), `${desktop.pid}\n`);
  await person.opensTheWizardAndCreates('lab');
  await person.sees(
    'Another provisioning operation is in progress',
    `process ${desktop.pid}`,
    'since',
  );
  const { droplets } = await (await person.home.sandbox()).state();
  expect(droplets.filter(({ team }) => team === 'sandbox')).toEqual([]);
  desktop.kill('SIGKILL');
  await once(desktop, 'exit');
  person.presses('enter');
  await person.sees('› Create server ‹');
  person.presses('enter');
  await person.seesItThrough('lab');
});

/** Everything of the program stops for a while; what it was connected to is not there any more afterwards. */
async function sleeps(person: Person): Promise<void> {
  const { home } = person;
  const sandbox = await home.sandbox();
  const { pid: outside } = await home.sandboxRecord();
  const asleep = home.processes().filter((pid) => pid !== outside);
  expect(asleep.length).toBeGreaterThanOrEqual(2);
  for (const pid of asleep) process.kill(pid, 'SIGSTOP');
  const { droplets } = await sandbox.state();
  for (const { id, team, sshConnections } of droplets) {
    if (team === 'sandbox' && sshConnections > 0)
      await sandbox.perform({ action: 'dropConnections', dropletId: id });
  }
  for (const kind of ['reset', 'status'] as const) {
    const match = { method: 'GET', path: '/v2/droplets/*' };
    await sandbox.perform({
      action: 'addFault',
      fault: kind === 'reset' ? { kind, match } : { kind, status: 503, match },
    });
  }
  await delay(ASLEEP_MS);
  for (const pid of asleep) process.kill(pid, 'SIGCONT');
  await until(async () => (await home.workers()).length > 0, 'the worker to be there');
}
