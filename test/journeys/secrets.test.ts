import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { aPerson, type Person } from './person.js';

const PASSPHRASE = 'orbit-candle-mustard-fjord';

it('makes a vault on the first run of a host without a secret service, before anything else', async () => {
  const sandbox = await aPerson();
  sandbox.opens();
  await sandbox.sees('No servers yet');
  // The real program, which is told of another DigitalOcean; D-Bus is nowhere in its environment.
  const { url, token } = await sandbox.home.sandboxRecord();
  const person = await aPerson({ args: [], columns: 110, env: { DIGITALOCEAN_API_URL: url } });
  person.opens();
  await person.sees('No credential store yet: press K');
  person.presses('n');
  await person.sees('There is no D-Bus session here', '[ How ]', '› Not now ‹');
  person.presses('enter');
  await person.seesNoMore('Choose a credential store');
  await person.sees('No credential store yet: choose one first.');
  person.pastes(token);
  person.presses('enter');
  await person.sees('Choose a credential store');
  expect((await (await sandbox.home.sandbox()).state()).calls).toEqual(
    expect.not.objectContaining({ 'POST /v2/droplets': expect.anything() }),
  );
  await makesAVault(person);
  person.pastes(token);
  person.presses('enter');
  await person.sees('account active', '› Next ‹');
  expect(existsSync(join(person.home.realHome, 'vault/com.portlama.cloud@digitalocean.age'))).toBe(
    true,
  );
  expect(person.terminal.output).not.toContain(PASSPHRASE);
});

it('creates a server with a vault, and opens it again at the next start', async () => {
  const person = await aPerson({ columns: 110, rows: 30, env: { PORTLAMA_KEYSTORE: 'vault' } });
  person.opens();
  await person.sees('No servers yet');
  person.presses('n');
  await person.sees('There is no vault yet.');
  await makesAVault(person);
  person.presses('escape');
  await person.sees('No servers yet');
  await person.createsServer('lab');
  await person.seesItThrough('lab');
  person.presses('q');
  await person.isBack();

  person.opens();
  await person.sees('Passphrase of the vault');
  person.presses('escape');
  await person.sees(/lab .*cert\. needed/, 'The vault is locked');
  person.presses('K');
  await person.sees('Passphrase of the vault');
  person.types('not this one');
  person.presses('enter');
  await person.sees('This is not the passphrase of the vault');
  person.types(PASSPHRASE);
  person.presses('enter');
  await person.sees('The vault is open until the program ends.', /lab .*online/);
  expect(person.terminal.output).not.toContain(PASSPHRASE);
});

/** From the question where secrets shall be kept. */
async function makesAVault(person: Person): Promise<void> {
  await person.sees('[ Create vault ]');
  person.presses('right', 'enter');
  await person.sees('Repeat passphrase');
  person.types(PASSPHRASE);
  await person.sees('Strength: fair');
  person.presses('enter');
  person.types(PASSPHRASE);
  person.presses('enter');
  await person.sees('Secrets are kept in the encrypted vault from now on.');
  await person.seesNoMore('Repeat passphrase');
}
