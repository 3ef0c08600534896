import { it } from 'vitest';
import { regionsAreFarApart } from './circumstances.js';
import { aPerson } from './person.js';

it('has the help of each step of the wizard behind F1 and ?, and beside it from 100 columns', async () => {
  const person = await aPerson();
  person.opens();
  await person.sees('No servers yet');
  await regionsAreFarApart(person);
  person.presses('n');
  await person.sees('leave empty to', '[ Validate ]', 'F1 help');
  await person.doesNotSee('How to get a token');
  person.presses('f1');
  await person.sees(
    '┌ How to get a token',
    '3. Expiration: 90 days',
    '• ssh_key',
    'shown only once',
  );
  person.presses('escape');
  await person.seesNoMore('How to get a token');
  // A character in a field.
  person.presses('?');
  await person.sees(/│ •+ /);
  await person.doesNotSee('How to get a token');
  person.presses('backspace');
  await person.sees('leave empty to');
  person.resizes(100, 24);
  await person.sees(/│ {4}• regions/, '┌ How to get a token', 'leave empty to');
  person.resizes(99, 24);
  await person.seesNoMore('How to get a token');
  person.resizes(80, 24);

  person.presses('enter');
  await person.sees('› Next ‹', '? help');
  person.presses('?');
  await person.sees('┌ How to get a token');
  person.presses('escape');
  await person.seesNoMore('How to get a token');
  person.presses('enter');
  await person.sees('Frankfurt 1', '? help');
  await person.seesNoMore('measuring');
  person.presses('?');
  await person.sees('┌ Choosing a region', 'fra, lon, united');
  person.presses('escape');
  await person.seesNoMore('Choosing a region');
  person.types('sing');
  await person.sees('/sing', '1 of 8', '› Singapore 1');
  await person.doesNotSee('Frankfurt 1');
  person.presses('enter');
  await person.sees('This will be created', 'Singapore 1');
  person.presses('f1');
  await person.sees('┌ What happens next');
});
