import { expect, it } from 'vitest';
import { aPerson, aPersonWith, type Person } from './person.js';

it('finds commands in the palette by id, name and key, and says where or why one does not work', async () => {
  const person = await aPersonWith('edge');
  for (const [query, found] of [
    ['resume', /› Resume at .*\(on the screen “Provisioning”\) +u │/],
    ['help', /› Show all keys of this screen +\? │/],
    ['log', /› Show the activity log +L │/],
    ['servers.sort', /› Sort .* S │/],
    ['servers.update', /› Update the panel to the newest version \(Its panel accepts .* U │/],
  ] as const) {
    person.presses(':');
    await person.sees('┌ Commands');
    person.types(query);
    await person.sees(`│ › ${query} `, found);
    person.presses('escape');
    await person.seesNoMore('┌ Commands');
  }
  person.presses(':');
  await person.sees('┌ Commands');
  person.types('doctor');
  await person.sees(/› Check this machine and the account +D │/);
  person.presses('enter');
  await person.sees('┌ Doctor');
});

it('is used by the mouse: a click, a double one, the wheel', async () => {
  const person = await aPersonWith('alpha', 'bravo', 'charlie');
  await clicksOn(person, 'alpha ');
  await person.sees(/› ● +alpha/);
  person.types('\x1b[<65;5;5M');
  await person.sees(/› ● +charlie/);
  person.types('\x1b[<64;5;5M');
  await person.sees(/› ● +alpha/);
  await clicksOn(person, 'LABEL');
  await person.sees('LABEL↑');
  await clicksOn(person, '? help');
  await person.sees('┌ Keys');
  await clicksOn(person, 'Esc close');
  await person.seesNoMore('┌ Keys');
  const at = await placeOf(person, 'bravo ');
  person.types(clickAt(at) + clickAt(at));
  await person.sees('portlama › bravo');
});

it('takes the theme of the background that the terminal tells', async () => {
  const person = await aPerson();
  person.opens();
  await person.sees('No servers yet');
  expect(person.terminal.output).toContain('\x1b]11;?');
  expect(await accentOf(person)).toBe(30);
  person.types('\x1b]11;rgb:ffff/ffff/ffff\x1b\\');
  await expect.poll(() => accentOf(person)).toBe(24);
  // One more is swallowed, and types nothing.
  person.types('\x1b]11;rgb:0000/0000/0000\x1b\\');
  person.presses('n');
  await person.sees('leave empty to');
  expect(await accentOf(person)).toBe(24);
});

/** Of the name of the product, at the top left. */
async function accentOf(person: Person): Promise<number | undefined> {
  await person.terminal.screen();
  return person.terminal.emulator.cellAt(1, 0).fg;
}

/** From 1, as reports of the mouse count. */
async function placeOf(person: Person, what: string): Promise<string> {
  await person.sees(what);
  const lines = await person.terminal.lines();
  const row = lines.findIndex((line) => line.includes(what));
  return `${lines[row]!.indexOf(what) + 1};${row + 1}`;
}

/** Left button, down and up (SGR 1006). */
function clickAt(at: string): string {
  return `\x1b[<0;${at}M\x1b[<0;${at}m`;
}

async function clicksOn(person: Person, what: string): Promise<void> {
  person.types(clickAt(await placeOf(person, what)));
}
