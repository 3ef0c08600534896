import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { EDGE, FakeWorld } from '../app/fakes/fake-world.js';
import { chosenStores } from '../usecases/stores.js';
import { brokenStore, PASSPHRASE, SAVED_TOKEN, storesOf } from './fixtures/stores.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const NEWER = 'velvet-sixteen-harbour-lynx';
const LARGE = { columns: 120, rows: 40 };

async function programWith(kind: 'none' | 'locked vault', os = brokenStore()) {
  const stores = await storesOf(kind, os);
  const world = new FakeWorld({ stores, servers: [EDGE] });
  const program = await startProgram(world, LARGE);
  return { stores, world, program, os };
}

const sees = (program: RunningProgram, what: string): Promise<void> =>
  expect.poll(() => program.text(), { timeout: 10_000 }).toContain(what);
const seesNoMore = (program: RunningProgram, what: string): Promise<void> =>
  expect.poll(() => program.text(), { timeout: 10_000 }).not.toContain(what);

/** Into one field after the other, with Enter behind each. */
async function types(program: RunningProgram, ...answers: readonly string[]): Promise<void> {
  for (const answer of answers) {
    await program.paste(answer);
    await program.press('enter');
  }
}

/** From the question to the fields for a new passphrase. */
async function choosesVault(program: RunningProgram): Promise<void> {
  await sees(program, '[ Create vault ]');
  await program.press('right', 'enter');
  await sees(program, 'Repeat passphrase');
}

describe('a host where no store works', () => {
  it('says so at once, and asks in the wizard before anything else', async () => {
    const { program, world } = await programWith('none');
    await sees(program, 'No credential store yet: press K');
    await program.press('n');
    await sees(program, 'Vault, recommended on servers');
    await sees(program, 'There is no D-Bus session here');
    expect(await program.text()).not.toContain('dbus-run-session');
    await program.press('right', 'right', 'right', 'right', 'enter');
    await sees(program, 'How to use the system’s store');
    await sees(program, 'dbus-run-session -- bash -c');
    await program.press('right', 'enter');
    await sees(program, 'Copied the command');
    const [, copied = ''] = /\]52;c;([\w+/=]+)/.exec(program.screen.written) ?? [];
    expect(Buffer.from(copied, 'base64').toString()).toMatch(
      /^dbus-run-session -- bash -c '.*; exec portlama-tui'$/,
    );
    await sees(program, 'How to use the system’s store');
    await program.press('escape');
    await sees(program, 'Choose a credential store');
    await program.press('enter');
    await program.paste(SANDBOX_TOKEN);
    await program.press('enter');
    await sees(program, 'Choose a credential store');
    await program.press('escape');
    await sees(program, 'Nothing was sent to');
    expect(await program.text()).toContain('[ Choose store ]');
    expect(world.clients).toEqual([]);
  });

  it('makes a vault from the wizard, and keeps the token in it', async () => {
    const { program, stores } = await programWith('none');
    await program.press('n');
    await choosesVault(program);
    await types(program, 'qwertyuiop', 'qwertyuiop');
    await sees(program, 'is too weak');
    await program.paste(PASSPHRASE);
    await sees(program, 'Strength: fair');
    await program.press('enter');
    await types(program, NEWER);
    await sees(program, 'The passphrases do not match.');
    await types(program, PASSPHRASE, PASSPHRASE);
    await sees(program, 'Secrets are kept in the encrypted vault from now on.');
    await seesNoMore(program, 'Repeat passphrase');
    await program.paste(SANDBOX_TOKEN);
    await program.press('enter');
    await sees(program, '› Next ‹');
    expect(stores.chosen).toBe(stores.vault);
    expect(await stores.vault.get(TOKEN_KEY)).toBe(SANDBOX_TOKEN);
  });

  it('keeps secrets in memory on request, warns, and takes them along into a vault', async () => {
    const { program, stores } = await programWith('none');
    await program.press('n');
    await sees(program, '[ Memory ]');
    await program.press('right', 'right', 'enter');
    await sees(program, 'Secrets are kept in memory only');
    await program.paste(SANDBOX_TOKEN);
    await program.press('enter');
    await sees(program, '› Next ‹');
    await program.press('q');
    await program.press('escape');
    await program.press('q');
    await sees(program, 'Secrets are in memory only and will be lost.');
    await program.press('escape');
    await program.press('K');
    await sees(program, 'The secrets in memory are moved to a new vault.');
    await program.press('right', 'enter');
    await sees(program, 'Repeat passphrase');
    await types(program, PASSPHRASE, PASSPHRASE);
    await sees(program, 'Secrets are kept in the encrypted vault from now on.');
    expect(await stores.vault.get(TOKEN_KEY)).toBe(SANDBOX_TOKEN);
  });

  it('looks again when told to', async () => {
    const { program, os, stores } = await programWith('none');
    await program.press('K');
    await sees(program, '[ Retry ]');
    await program.press('right', 'right', 'right', 'enter');
    await sees(program, 'There is no D-Bus session here');
    os.failure = undefined;
    await program.press('right', 'right', 'right', 'enter');
    await seesNoMore(program, 'Choose a credential store');
    expect(stores.chosen).toBe(os);
    await program.press('K');
    await sees(program, 'Secrets are in Secret Service (GNOME Keyring).');
  });
});

it('takes a token of the environment without a store, but creates nothing without one', async () => {
  const suppliedTokens = { environment: SANDBOX_TOKEN };
  const world = new FakeWorld({ stores: await storesOf('none'), suppliedTokens });
  const program = await startProgram(world, LARGE);
  await program.press('n');
  await sees(program, 'Choose a credential store');
  await program.press('enter');
  await sees(program, 'Token from PORTLAMA_CLOUD_TOKEN; leave empty to use it');
  await program.press('enter');
  await sees(program, 'Choose a credential store');
  expect(world.operations.calls).toEqual([]);
});

describe('a locked vault', () => {
  it('asks for its passphrase, says when it is wrong, and goes on where it was needed', async () => {
    const { program, world } = await programWith('locked vault');
    await sees(program, 'Open the vault');
    await types(program, 'not the passphrase');
    await sees(program, 'This is not the passphrase of the vault');
    await types(program, '');
    await sees(program, 'The field is empty.');
    const refreshes = world.health.refreshes;
    await types(program, PASSPHRASE);
    await sees(program, 'The vault is open until the program ends.');
    await expect.poll(() => world.health.refreshes).toBe(refreshes + 1);
    await program.press('n');
    await sees(program, 'Token saved in the encrypted vault; leave empty');
    await program.press('escape', 'D');
    await sees(program, 'the encrypted vault');
    expect(await program.text()).not.toContain('which is locked');
  });

  it('stays locked when left so, until somebody asks for it', async () => {
    const { program, stores } = await programWith('locked vault');
    await sees(program, 'Open the vault');
    await program.press('escape');
    // Health checks go on asking for passwords; the person is not.
    await expect(stores.get(TOKEN_KEY)).rejects.toMatchObject({ code: 'vault-locked' });
    expect(await program.text()).not.toContain('Open the vault');
    await program.press('D');
    await sees(program, 'the encrypted vault, which is locked');
    await program.press('escape', 'n');
    await sees(program, '[ Open the vault ]');
    await program.press('escape', 'K');
    await types(program, PASSPHRASE);
    await sees(program, 'The vault is open until the program ends.');
    expect(await stores.get(TOKEN_KEY)).toBe(SAVED_TOKEN);
  });

  it('changes its passphrase, only with the present one', async () => {
    const { program, stores } = await programWith('locked vault');
    await sees(program, 'Open the vault');
    await types(program, PASSPHRASE);
    await sees(program, 'The vault is open');
    await program.press('K');
    await sees(program, '[ Change passphrase ]');
    await program.press('right', 'enter');
    await sees(program, 'Current passphrase');
    await types(program, 'wrong', NEWER, NEWER);
    await sees(program, 'This is not the passphrase of the vault');
    await types(program, PASSPHRASE, NEWER, NEWER);
    await sees(program, 'Changed the passphrase of the vault.');
    await expect(stores.vault.unlock(PASSPHRASE)).rejects.toMatchObject({
      code: 'vault-passphrase-wrong',
    });
    await stores.vault.unlock(NEWER);
  });

  it('shows nothing of what is typed, and keeps none of it', async () => {
    const { program, world } = await programWith('locked vault');
    await sees(program, 'Open the vault');
    for (const length of [1, 8, 40]) {
      await program.press('ctrl-u');
      await program.paste('s3cr3t'.repeat(8).slice(0, length));
      expect(await program.text()).toContain('› ••••••••••••••••');
      expect(await program.text()).not.toContain('s3c');
    }
    await program.press('enter');
    await sees(program, 'This is not the passphrase of the vault');
    expect(JSON.stringify(program.app.store.state)).not.toContain('s3cr3t');
    expect(world.logged.join('\n')).not.toContain('s3cr3t');
  });
});

it('says what became of passwords that another program left in servers.json', async () => {
  const world = new FakeWorld();
  world.legacy = { moved: ['one'], left: [{ id: 'two', reason: 'The store is away.' }] };
  const program = await startProgram(world, LARGE);
  await program.press('L');
  const said = await program.text();
  expect(said).toContain('moved to Secret Service (GNOME Keyring)');
  expect(said).toContain('The store is away.');
});

describe('the key K', () => {
  it('moves every secret to a vault, and back to the system’s store', async () => {
    const { stores, os, home } = await chosenStores('none');
    await os.set(TOKEN_KEY, SAVED_TOKEN);
    const world = new FakeWorld({ stores, servers: [EDGE], facts: { home } });
    const program = await startProgram(world, LARGE);
    await sees(program, 'fra1-edge');
    await program.press('K');
    await sees(program, '[ Move to a vault ]');
    await program.press('right', 'enter');
    await sees(program, 'New passphrase');
    await types(program, PASSPHRASE, PASSPHRASE);
    await sees(program, 'Moved 1 secret to the encrypted vault.');
    expect(await stores.vault.get(TOKEN_KEY)).toBe(SAVED_TOKEN);
    expect(await os.get(TOKEN_KEY)).toBeUndefined();
    await expect.poll(() => program.app.store.state.running).toEqual([]);
    await program.press('K');
    await sees(program, '[ Move to the system’s store ]');
    await program.press('right', 'right', 'enter');
    await sees(program, 'The vault is removed.');
    expect(await os.get(TOKEN_KEY)).toBe(SAVED_TOKEN);
  });
});
