import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aForgottenServer, certificateOf, fingerprintOf } from './forgotten-server.js';
import { type Entry, freshHome, type Home } from './home.js';
import { aPerson, type Person } from './person.js';

it('adds an existing server once its fingerprint is confirmed, and makes it the active one', async () => {
  const { person, home, panel } = await withAForgottenServer();
  person.presses('a');
  await person.sees('Panel URL', 'derived from the host name');
  person.types(panel.ip);
  await person.sees(`Read as ${panel.panelUrl}`, labelOf(panel));
  await person.seesScreen('adding-1-typed');
  person.presses('enter');
  await person.sees('Is this your panel?', '› No ‹');
  await seesFingerprint(person, await fingerprintOf(home, panel));
  await person.seesScreen('adding-2-fingerprint');

  // Enter where the focus is first adds nothing.
  person.presses('enter');
  await person.sees('Not added: the certificate was not confirmed.');
  expect(await labels(home)).toEqual(['lab']);
  person.presses('enter');
  await person.sees('Is this your panel?');
  person.types('trust');
  await person.sees('› Matches: add ‹');
  person.presses('enter');
  await person.isTold(`Added ${labelOf(panel)} as inactive.`);
  await person.sees(new RegExp(`▲ +${labelOf(panel)} +cert. needed`), '2 servers');
  await person.seesScreen('adding-3-in-the-list');
  expect(await activeOnes(home)).toEqual(['lab']);

  person.presses('s');
  await person.sees(new RegExp(`${labelOf(panel)} +ACTIVE`));
  expect(await activeOnes(home)).toEqual([labelOf(panel)]);
  // What was confirmed is what is trusted from now on.
  const [, added] = await home.servers();
  const pin = await readFile(join(home.portlama, 'servers', added!.id, 'panel.pem'), 'utf8');
  expect(pin.trim()).toBe((await certificateOf(home, panel)).trim());
});

it('takes a label of its own, and says what is wrong with one under its field', async () => {
  const { person, home, panel } = await withAForgottenServer();
  person.presses('a');
  await person.sees('Panel URL');
  person.types(panel.panelUrl);
  person.presses('tab');
  person.types('Old Box');
  await person.seesInColour('✖ Lowercase letters only.', 'danger');
  person.presses('ctrl-u');
  person.types('lab');
  await person.seesInColour('✖ There is already a server called lab.', 'danger');
  person.presses('enter');
  await person.doesNotSee('Is this your panel?');
  person.presses('ctrl-u');
  person.types('old-box');
  await person.seesNoMore('There is already');
  person.presses('enter');
  await person.sees('Is this your panel?', '› No ‹');
  person.types('trust');
  await person.sees('› Matches: add ‹');
  person.presses('enter');
  await person.isTold('Added old-box as inactive.');
  await person.sees(/▲ +old-box/);
  expect(await labels(home)).toEqual(['lab', 'old-box']);
});

const PRIVATE = 'in a private network, not a public address.';
const THIS_MACHINE = 'this machine itself, not a public address.';
const AS_IPV6 = 'an IPv4 address written as IPv6, not a public address.';

/** What is typed, and what is said of it below the field. */
const REFUSED: readonly (readonly [typed: string, sentence: string])[] = [
  ['http://203.0.113.10:9292', 'A panel is reached by HTTPS only.'],
  ['ftp://203.0.113.10', 'A panel is reached by HTTPS only.'],
  ['https://ops:secret@203.0.113.10', 'must not contain a user name or password.'],
  ['https://203.0.113.10:99999', 'has no valid port.'],
  ['two words', 'contains a space, a backslash or a control character.'],
  ['10.0.0.1', `10.0.0.1 is ${PRIVATE}`],
  ['https://0xC0.0xA8.1.1:9292', `192.168.1.1 is ${PRIVATE}`],
  ['2886729729', `172.16.0.1 is ${PRIVATE}`],
  ['https://127.1', `127.0.0.1 is ${THIS_MACHINE}`],
  ['0177.0.0.1', `127.0.0.1 is ${THIS_MACHINE}`],
  ['127.0.0.1.', `127.0.0.1 is ${THIS_MACHINE}`],
  ['panel.localhost', `panel.localhost is ${THIS_MACHINE}`],
  ['https://[::1]:9292', `::1 is ${THIS_MACHINE}`],
  ['169.254.169.254', 'in a network of this machine (link-local), not a public address.'],
  ['100.64.0.1', 'in a provider’s internal network, not a public address.'],
  ['224.0.0.1', 'a multicast or broadcast address, not a public address.'],
  ['0.0.0.0', 'an unspecified address, not a public address.'],
  ['198.51.100.7', 'reserved for other uses, not a public address.'],
  ['https://[fd00::1]', `fd00::1 is ${PRIVATE}`],
  ['https://[::ffff:10.0.0.1]', AS_IPV6],
  ['https://[64:ff9b::a00:1]', AS_IPV6],
  ['https://[2002:7f00:1::]', AS_IPV6],
  ['panel.example.com', 'The name of panel.example.com cannot be resolved.'],
  ['203.0.113.200', '203.0.113.200:9292 cannot be reached'],
];

it('says under the field what cannot be a panel, connects to none of it, and adds nothing', async () => {
  const home = await freshHome();
  await home.hasServers('lab');
  const person = await aPerson({ home, columns: 99, rows: 30 });
  person.opens();
  await person.sees('1 online');
  person.presses('a');
  await person.sees('Panel URL');
  for (const [typed, sentence] of REFUSED) {
    person.types(typed);
    await person.sees(`│ ${typed} `);
    person.presses('enter');
    await person.sees('✖');
    await person.seesInColour(sentence, 'danger');
    // Right below the box of the address.
    const lines = await person.terminal.lines();
    expect(lines.findIndex((line) => line.includes(sentence))).toBe(
      lines.indexOf(boxEnd(lines)) + 1,
    );
    person.presses('ctrl-u');
    await person.seesNoMore('✖');
  }
  // Only where it was allowed to knock, besides what it watches over.
  const { calls } = await (await home.sandbox()).state();
  const [lab] = await home.servers();
  const dialled = Object.keys(calls).filter((call) => /^CONNECT .*:9292/.test(call));
  expect(dialled.filter((call) => !call.includes(`${lab!.ip}:`))).toEqual([
    expect.stringContaining('203.0.113.200:9292'),
  ]);
  expect(await labels(home)).toEqual(['lab']);
});

it('knows a panel that is in the list already, however its address is written', async () => {
  const home = await freshHome();
  await home.hasServers('lab');
  const [lab] = await home.servers();
  const person = await aPerson({ home });
  person.opens();
  await person.sees('1 online');
  person.presses('a');
  await person.sees('Panel URL');
  for (const typed of [lab!.panelUrl, lab!.ip, `HTTPS://${lab!.ip}.:9292/login?next=/`]) {
    person.types(typed);
    person.presses('enter');
    await person.seesInColour('This panel is already in the list, as lab.', 'danger');
    person.presses('ctrl-u');
    await person.seesNoMore('already in the list, as');
  }
  person.presses('escape');
  await person.sees(/lab +ACTIVE/);
});

/** Two servers were made; the list that they see has lost the first. */
async function withAForgottenServer(): Promise<{
  readonly person: Person;
  readonly home: Home;
  readonly panel: Entry;
}> {
  const { home, panel } = await aForgottenServer();
  const person = await aPerson({ home });
  person.opens();
  await person.sees('1 server · 1 online', /lab +ACTIVE/, /portlama-forgotten/);
  await person.seesNoMore('while you were away');
  // Messages that pass must not decide what a golden screen shows.
  await person.seesNoMore('Unlisted droplet: ');
  return { person, home, panel };
}

/** The label that an address gets when none is typed. */
function labelOf({ ip }: Entry): string {
  return ip.replaceAll('.', '-');
}

/** It is wider than a dialog: two lines. */
async function seesFingerprint(person: Person, fingerprint: string): Promise<void> {
  const bytes = fingerprint.split(':');
  await person.sees(bytes.slice(0, 16).join(':'), bytes.slice(16).join(':'));
}

function boxEnd(lines: readonly string[]): string {
  return lines.find((line) => line.startsWith(' └'))!;
}

async function labels(home: Home): Promise<readonly string[]> {
  return (await home.servers()).map(({ label }) => label);
}

async function activeOnes(home: Home): Promise<readonly string[]> {
  return (await home.servers()).filter(({ active }) => active).map(({ label }) => label);
}
