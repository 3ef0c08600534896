import { expect, it } from 'vitest';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { aPerson, type Person } from './person.js';

/** What would happen if it got to the terminal, or if one of its characters were taken for a key. */
const HARM = [
  '\x1b[201~', // The paste is over, it says.
  'q\r:quit\r\x03\x03\x1b[200~',
  '\x1b[2J\x1b[H\x1bc\x1b[?1049l',
  '\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1bP$q"p\x1b\\',
  '\x9b31m\u202e{red-fg}{/}\t\r\n\0\x1b[201~q\r\x03\x03',
].join('');
const LENGTH = 10_240;

/** 10 kB with harm at the beginning, in the middle and at the end. */
function harmful(filling: string): string {
  const half = filling.repeat(LENGTH / 2).slice(0, LENGTH / 2 - 2 * HARM.length);
  return [HARM, half, HARM, half, HARM].join('');
}

/** Once the paste is on the screen: a frame or two, not one for each character. */
const BYTES_OF_A_PASTE = 8_192;

it('takes 10 kB in the token field as one text, and says what is wrong with it', async () => {
  const person = await aPerson();
  person.opens();
  await person.sees('No servers yet', 'sammy@digitalocean.com');
  const before = await askedFor(person);
  person.presses('n');
  await person.sees('leave empty to use it');
  const sentences: readonly (readonly [string, string])[] = [
    ['x'.repeat(LENGTH), 'This does not look like a token of DigitalOcean.'],
    [SANDBOX_TOKENS.good.token.repeat(145), 'The token is too long: something was pasted with it.'],
    [harmful('a b'), 'The token contains a space or a line break.'],
    [harmful('0f'), 'The token contains a character that no token has.'],
  ];
  for (const [pasted, sentence] of sentences) {
    await pastesQuietly(person, pasted, '••••••');
    await person.sees('◉ Token → ○ Region');
    person.presses('enter');
    await person.seesInColour(sentence, 'danger');
    await person.doesNotSee('••••');
  }
  expect(await askedFor(person)).toEqual(before);
  // What comes after is read as ever.
  person.pastes(SANDBOX_TOKENS.good.token);
  person.presses('enter');
  await person.sees('› Next ‹', 'account active');
  await nothingWasDone(person);
});

it('takes 10 kB in the label field as one text, and says what is wrong with it', async () => {
  const person = await aPerson();
  person.opens();
  await person.sees('No servers yet');
  person.presses('n');
  await person.sees('leave empty to use it');
  person.presses('enter');
  await person.sees('› Next ‹', 'account active');
  person.presses('enter');
  await person.sees('Frankfurt 1', '✓');
  person.presses('enter');
  await person.sees('This will be created');
  const sentences: readonly (readonly [string, string])[] = [
    ['x'.repeat(LENGTH), '✖ At most 64 characters.'],
    [harmful('lab'), '✖ '],
    [`Lab${HARM.slice(0, 6)}\r`, '✖ Lowercase letters only.'],
  ];
  for (const [pasted, sentence] of sentences) {
    await pastesQuietly(person, pasted, sentence);
    await person.sees('✔ Region → ◉ Label', '[ Create server ]');
    person.presses('ctrl-e', 'ctrl-u');
    await person.seesNoMore('✖');
  }
  person.pastes('lab\r\n');
  await person.sees(/Server +lab /);
  expect(await person.home.servers()).toEqual([]);
  await nothingWasDone(person);
});

it('takes 10 kB in the filter and the search as one text', async () => {
  const person = await aPerson();
  await person.startsAServer('lab');
  await person.sees('› Done ‹');
  person.presses('/');
  await pastesQuietly(person, harmful('xyz'), 'xyzxyz');
  person.presses('enter');
  await person.sees('no match');
  person.presses('escape');
  await person.seesNoMore('no match');
  person.presses('enter');
  await person.sees(/lab +ACTIVE +online/);
  for (const pasted of ['x'.repeat(LENGTH), harmful('la')]) {
    person.presses('/');
    await pastesQuietly(person, pasted, '0 of 1');
    await person.sees('nothing matches');
    person.presses('escape');
    await person.sees(/lab +ACTIVE +online/);
  }
  // Nowhere to put it: then it is not taken for keys either.
  person.pastes(harmful('d'));
  person.presses('down');
  await person.sees(/lab +ACTIVE +online/);
  await nothingWasDone(person);
  expect(await person.home.servers()).toHaveLength(1);
});

/** Pastes, and sees this; few frames were drawn for it. */
async function pastesQuietly(person: Person, pasted: string, sees: string): Promise<void> {
  await person.terminal.waitForQuiet();
  const before = person.terminal.bytesWritten;
  person.pastes(pasted);
  await person.sees(sees);
  await person.terminal.waitForQuiet();
  expect(person.terminal.bytesWritten - before).toBeLessThan(BYTES_OF_A_PASTE);
  expect(person.terminal.exitCode).toBeUndefined();
}

/** Nothing of it got to the terminal, which is as it was. */
async function nothingWasDone(person: Person): Promise<void> {
  const { output, emulator } = person.terminal;
  // oxlint-disable-next-line no-control-regex -- title, clipboard, reset, C1
  expect(output).not.toMatch(/\x1b\]0;|\x1b\]52;|\x1bc|\x1bP|[\x80-\x9f]|owned\x07/);
  expect(emulator.alternate).toBe(true);
  expect(emulator.modes.bracketedPasteMode).toBe(true);
}

async function askedFor(person: Person): Promise<Readonly<Record<string, number>>> {
  return (await (await person.home.sandbox()).state()).calls;
}
