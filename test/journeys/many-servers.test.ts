import { expect, it } from 'vitest';
import { aPersonWith } from './person.js';

it('sorts the list, and has the order again after a new start', async () => {
  const person = await aPersonWith('bravo', 'alpha', 'charlie');
  await person.sees(/bravo[^]*alpha[^]*charlie/);
  person.presses('S');
  await person.sees('Sort the list', 'By which column?');
  person.types('label');
  await person.sees('› label', /› +Label/);
  person.presses('enter');
  await person.sees('LABEL↑', 'sort: label ↑', /alpha[^]*bravo[^]*charlie/);
  person.presses('S');
  await person.sees('Label  ascending');
  person.types('label');
  await person.sees('› label', /› +Label {2}ascending/);
  person.presses('enter');
  await person.sees('LABEL↓', 'sort: label ↓', /charlie[^]*bravo[^]*alpha/);
  person.presses('q');
  await person.isBack();

  person.opens();
  await person.sees('LABEL↓', 'sort: label ↓', /charlie[^]*bravo[^]*alpha/);
});

it('filters by several words, and ends what is marked after one question for its number', async () => {
  const person = await aPersonWith('alpha', 'bravo', 'charlie');
  const { home } = person;
  const sandbox = await home.sandbox();
  const dropletIds = (await home.servers()).map(({ providerId }) => Number(providerId));
  await sandbox.perform({ action: 'vanish', dropletId: dropletIds[1]! });
  person.presses('r');
  await person.sees(/✖ +bravo +droplet is gone/, '2 online · 1 down · $8/month');
  person.presses('/');
  await person.sees('⏎ done');
  person.types('fra1 gone');
  await person.sees('/fra1 gone', '1 of 3');
  person.presses('enter');
  await person.sees('1 of 3', 'd remove');
  person.presses('escape');
  // With the next key right behind it, it would be Alt; messages name the servers as well.
  await person.sees(/● +alpha/, /● +charlie/);

  person.presses('g');
  await person.sees(/› ● +alpha/);
  person.presses('space', 'space');
  await person.sees(/✓● +alpha/, /✓✖ +bravo/, '2 marked', 'd destroy 2');
  person.presses('d');
  await person.sees('Type 2 to confirm', 'alpha', 'bravo', '$4/month stops');
  person.types('3');
  await person.sees('› 3', '› No ‹');
  person.presses('enter');
  await person.sees('Type 2 to confirm, not "3"');
  expect(await home.servers()).toHaveLength(3);
  person.presses('backspace');
  person.types('2');
  await person.sees('› 2', '› Destroy');
  person.presses('enter');
  await person.sees(/› ● +charlie/, '1 server · 1 online · $4/month');
  expect((await home.servers()).map(({ label }) => label)).toEqual(['charlie']);
  const { droplets } = await sandbox.state();
  const left = droplets.filter(({ id, deleted }) => dropletIds.includes(id) && !deleted);
  expect(left.map(({ id }) => id)).toEqual([dropletIds[2]]);
});
