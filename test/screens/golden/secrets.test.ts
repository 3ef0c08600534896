import { expect } from 'vitest';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { TOKEN_KEY, tokenKey } from '../../../src/services/keystore/keystore.js';
import { EDGE, emptyAccount, FakeWorld, LAB } from '../../app/fakes/fake-world.js';
import { describeScenes, type Scene, sees } from '../fixtures/golden-scenes.js';
import { PASSPHRASE, storesOf } from '../fixtures/stores.js';
import { type RunningProgram, startProgram } from '../fixtures/running-program.js';

type Terminal = Parameters<Scene>[0];

async function withoutStore(terminal: Terminal): Promise<RunningProgram> {
  const stores = await storesOf('none');
  const program = await startProgram(new FakeWorld({ stores, servers: [EDGE] }), terminal);
  await program.press('K');
  await sees(program, 'Choose a credential store');
  return program;
}

async function withLockedVault(terminal: Terminal): Promise<RunningProgram> {
  const stores = await storesOf('locked vault');
  const program = await startProgram(new FakeWorld({ stores, servers: [EDGE] }), terminal);
  await sees(program, 'Passphrase of the vault');
  return program;
}

async function withOpenVault(terminal: Terminal): Promise<RunningProgram> {
  const program = await withLockedVault(terminal);
  await program.paste(PASSPHRASE);
  await program.press('enter');
  await sees(program, 'The vault is open');
  await program.press('K');
  await sees(program, 'Where secrets are kept');
  return program;
}

async function withAccounts(terminal: Terminal, accounts = 2): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [EDGE, LAB] });
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  if (accounts > 1) {
    const { token } = SANDBOX_TOKENS.warning;
    world.accountsByToken.set(token, emptyAccount());
    world.accounts = { current: 'default', named: [{ name: 'work' }] };
    await world.keystore.set(tokenKey('work'), token);
  }
  const program = await startProgram(world, terminal);
  await program.press('T');
  await sees(program, 'Accounts of DigitalOcean');
  return program;
}

describeScenes('secrets', {
  'no-store': withoutStore,
  'store-repair': async (terminal) => {
    const program = await withoutStore(terminal);
    await program.press('shift-tab', 'enter');
    await sees(program, 'How to use the system');
    return program;
  },
  'store-of-the-system': async (terminal) => {
    const program = await startProgram(new FakeWorld({ servers: [EDGE] }), terminal);
    await program.press('K');
    await sees(program, 'Where secrets are kept');
    return program;
  },
  memory: async (terminal) => {
    const program = await withoutStore(terminal);
    await program.press('right', 'right', 'enter');
    await expect.poll(() => program.app.store.state.keystore.kind).toBe('session');
    await program.press('K');
    await sees(program, 'Where secrets are kept');
    return program;
  },
  'vault-create': async (terminal) => {
    const program = await withoutStore(terminal);
    await program.press('right', 'enter');
    await sees(program, 'Repeat passphrase');
    await program.type(PASSPHRASE);
    return program;
  },
  'vault-create-refused': async (terminal) => {
    const program = await withoutStore(terminal);
    await program.press('right', 'enter');
    await sees(program, 'Repeat passphrase');
    await program.type('qwertyuiop');
    await program.press('enter');
    await program.type('qwertyuiop');
    await program.press('enter');
    await sees(program, 'too weak');
    return program;
  },
  'vault-unlock': withLockedVault,
  'vault-unlock-refused': async (terminal) => {
    const program = await withLockedVault(terminal);
    await program.press('enter');
    await sees(program, 'The field is empty');
    return program;
  },
  vault: withOpenVault,
  'vault-change': async (terminal) => {
    const program = await withOpenVault(terminal);
    await program.press('right', 'enter');
    await sees(program, 'Current passphrase');
    return program;
  },
  accounts: withAccounts,
  'accounts-one': (terminal) => withAccounts(terminal, 1),
  'account-add': async (terminal) => {
    const program = await withAccounts(terminal, 1);
    await program.press('right', 'enter');
    await sees(program, 'Add an account');
    return program;
  },
});
