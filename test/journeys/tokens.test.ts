import { expect, it } from 'vitest';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { aPerson, type Person } from './person.js';

const WHOLE = SANDBOX_TOKENS.good.token;

const MALFORMED: readonly (readonly [token: string, sentence: string])[] = [
  [WHOLE.slice(0, -1), 'The token is too short: a part of it is missing.'],
  [`${WHOLE}00`, 'The token is too long: something was pasted with it.'],
  [`Bearer ${WHOLE}`, 'This is a whole header, not only the token.'],
  [`DIGITALOCEAN_TOKEN=${WHOLE}`, 'This is an assignment, not only the token.'],
  [`"${WHOLE}"`, 'The token is in quotes.'],
  [`${WHOLE.slice(0, 30)} ${WHOLE.slice(30)}`, 'The token contains a space or a line break.'],
  [`${WHOLE.slice(0, -1)}é`, 'The token contains a character that no token has.'],
  [`ghp_${'a1'.repeat(18)}`, 'This looks like the token of another provider, not of DigitalOcean.'],
  ['password', 'This does not look like a token of DigitalOcean.'],
];

it('says what is wrong with what cannot be a token, and asks nobody', async () => {
  const person = await atTheTokenField();
  const before = (await (await person.home.sandbox()).state()).calls;
  for (const [token, sentence] of MALFORMED) {
    person.pastes(token);
    person.presses('enter');
    await person.seesInColour(sentence, 'danger');
    await nextStaysOff(person);
  }
  await nothingCameOfIt(person);
  const { calls } = await (await person.home.sandbox()).state();
  expect(calls).toEqual(before);
});

it('reads a token that is typed as well as one that is pasted, and shows neither', async () => {
  const person = await atTheTokenField();
  person.types(SANDBOX_TOKENS.expired.token);
  person.presses('enter');
  await person.seesInColour('DigitalOcean does not accept the token.', 'danger');
  await person.sees('Create a new token');
  await nextStaysOff(person);
  // As it comes out of a mail: with blanks around it and cut into lines.
  person.pastes(`  ${WHOLE.slice(0, 40)}\n${WHOLE.slice(40)}\n`);
  await person.seesNoMore('does not accept');
  await person.doesNotSee('dop_v1', '5a5a5a');
  person.presses('enter');
  await person.sees('› Next ‹', 'expires in 82 days');
  expect(person.terminal.output).not.toContain(WHOLE);
  expect(person.terminal.output).not.toContain('5a5a5a');
});

const REFUSED: readonly (readonly [
  name: keyof typeof SANDBOX_TOKENS,
  colour: 'danger' | 'warn',
  title: string,
  ...more: string[],
])[] = [
  ['missingScopes', 'danger', '✖ missing scopes', 'ssh_key:create, ssh_key:delete', 'five groups'],
  ['noAccount', 'danger', '✖ missing scopes', 'account:read', 'account not readable'],
  ['dangerous', 'warn', '▲ dangerous scopes', 'account:write', 'database:delete', 'Refused'],
  ['fullAccess', 'warn', '▲ dangerous scopes', 'kubernetes:create', ' more', 'Refused'],
  ['legacyFullAccess', 'warn', '▲ dangerous scopes', 'api:write', 'This is a full-access token.'],
  ['expired', 'danger', 'DigitalOcean does not accept the token.'],
  ['locked', 'danger', 'DigitalOcean has locked the account', 'the account cannot be used'],
  ['unverified', 'danger', 'is not verified', 'the account cannot be used'],
  ['limitReached', 'danger', 'The account has 3 of 3 droplets', 'droplet_limit_increase'],
];

it('refuses tokens that miss something, may too much, or belong to an account that cannot be used', async () => {
  const person = await atTheTokenField();
  for (const [name, colour, title, ...more] of REFUSED) {
    person.pastes(SANDBOX_TOKENS[name].token);
    person.presses('enter');
    await person.seesInColour(title, colour);
    await person.sees(...more);
    await person.seesScreen(`token-${name}`);
    await nextStaysOff(person);
  }
  await nothingCameOfIt(person);
});

const ACCEPTED: readonly (readonly [name: keyof typeof SANDBOX_TOKENS, ...sentences: string[]])[] =
  [
    ['notices', 'database:create: DigitalOcean adds it'],
    ['warning', 'DigitalOcean warns about the account'],
    ['expiresSoon', 'The token expires within a day.'],
    ['scopesInHeader', 'has no dangerous scopes'],
    ['scopesUnknown', '▲ scopes could not be verified', 'dangerous scopes could not be checked'],
  ];

it('takes tokens that are good enough, and says what is worth knowing', async () => {
  const person = await atTheTokenField();
  for (const [name, ...sentences] of ACCEPTED) {
    person.pastes(SANDBOX_TOKENS[name].token);
    person.presses('enter');
    await person.sees('› Next ‹', ...sentences);
    await person.seesScreen(`token-${name}`);
    person.presses('shift-tab');
    await person.sees('[ Next ]');
  }
});

it('waits as long as DigitalOcean asks for, and says so', async () => {
  const person = await atTheTokenField();
  const sandbox = await person.home.sandbox();
  await sandbox.perform({
    action: 'addFault',
    fault: {
      kind: 'sample',
      sample: 'error-429-burst',
      match: { path: '/v2/account' },
      retryAfterSeconds: 2,
    },
  });
  person.presses('enter');
  await person.sees('next try in');
  await person.sees('› Next ‹', 'account active');
});

it('says when DigitalOcean cannot be asked, and asks again when told to', async () => {
  const person = await atTheTokenField();
  const sandbox = await person.home.sandbox();
  await sandbox.perform({
    action: 'addFault',
    fault: { kind: 'wrong-type', match: { path: '/v2/account' }, times: 'forever' },
  });
  person.presses('enter');
  await person.seesInColour('Could not read the account', 'danger');
  await nextStaysOff(person);
  await sandbox.perform({ action: 'clearFaults' });
  person.presses('enter');
  await person.sees('› Next ‹', 'account active');
});

async function atTheTokenField(): Promise<Person> {
  const person = await aPerson({ columns: 180, rows: 30 });
  person.opens();
  // The account on the title line: what the start asks for is over.
  await person.sees('No servers yet', 'sammy@digitalocean.com');
  person.presses('n');
  await person.sees('Sample token of the sandbox; leave empty to use it');
  return person;
}

/** With the key, and with the button. */
async function nextStaysOff(person: Person): Promise<void> {
  await person.sees('[ Next ]');
  person.presses('tab', 'right', 'enter');
  await person.sees('Validate a token first.');
  await person.sees('◉ Token → ○ Region');
  person.presses('shift-tab');
  await person.seesNoMore('Validate a token first.');
}

async function nothingCameOfIt(person: Person): Promise<void> {
  const { secrets, calls } = await (await person.home.sandbox()).state();
  expect(secrets).toEqual([]);
  expect(Object.keys(calls).filter((call) => !call.startsWith('GET'))).toEqual([]);
}
