import { it } from 'vitest';
import { aPerson, type Person } from './person.js';

it.each([
  ['80x24', 80, 24],
  ['120x40', 120, 40],
])('creates a server by keys alone, at %s', async (size, columns, rows) => {
  const person = await aPerson({ columns, rows });
  person.opens();
  await person.sees('No servers yet');
  await regionsAreFarApart(person);
  await aptIsLockedForAWhile(person);
  await person.seesScreen(`create-${size}-1-empty`);

  person.presses('n');
  await person.sees('leave empty to use it');
  await person.seesScreen(`create-${size}-2-token`);
  person.presses('enter');
  await person.sees('account active', '› Next ‹');
  await person.seesScreen(`create-${size}-3-checked`);

  person.presses('enter');
  await person.sees('Frankfurt 1', 'no measurement');
  await person.seesNoMore('measuring');
  await person.seesScreen(`create-${size}-4-region`);
  person.presses('enter');
  await person.sees('This will be created', 'portlama-fra1');
  await person.seesScreen(`create-${size}-5-label`);
  person.presses('enter');
  await person.sees('› Create server ‹');

  person.presses('enter');
  await person.sees('waiting for apt');
  await person.seesScreen(`create-${size}-6-installing`);
  await person.sees('› Done ‹', 'portlama-fra1 is ready and active.');
  await person.seesScreen(`create-${size}-7-done`);
  person.presses('enter');
  await person.sees('1 server · 1 online', 'ACTIVE', /online/);
  await person.seesScreen(`create-${size}-8-online`);

  person.presses('q');
  await person.isBack();
});

/** A known order, whatever else this machine does while it is measured: each a good deal farther than the one before. */
async function regionsAreFarApart(person: Person): Promise<void> {
  const sandbox = await person.home.sandbox();
  const regions = ['ams3', 'lon1', 'nyc1', 'nyc2', 'nyc3', 'sfo2', 'sfo3', 'sgp1'];
  for (const [index, region] of regions.entries()) {
    const match = { method: 'CONNECT', path: `*${region}*:443` };
    const delayMs = 60 * (index + 1);
    await sandbox.perform({
      action: 'addFault',
      fault: { kind: 'slow', match, times: 'forever', delayMs },
    });
  }
}

/** Long enough to look at the screen. */
async function aptIsLockedForAWhile(person: Person): Promise<void> {
  const sandbox = await person.home.sandbox();
  await sandbox.perform({ action: 'addDropletFault', fault: { kind: 'apt-locked', forMs: 3000 } });
}
