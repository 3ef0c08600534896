import { it } from 'vitest';
import { aptIsLocked, regionsAreFarApart } from './circumstances.js';
import { aPerson } from './person.js';

/** Long enough to look at the screen. */
const LOOK_MS = 3_000;

it.each([
  ['80x24', 80, 24],
  ['120x40', 120, 40],
])('creates a server by keys alone, at %s', async (size, columns, rows) => {
  const person = await aPerson({ columns, rows });
  person.opens();
  await person.sees('No servers yet');
  await regionsAreFarApart(person);
  await aptIsLocked(person, LOOK_MS);
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
  // Beside the list, where there is room.
  if (columns > 110) await person.sees('client.p12, expires ', 's-1vcpu-512mb-10gb · $4/month');
  await person.seesScreen(`create-${size}-8-online`);

  person.presses('q');
  await person.isBack();
});
