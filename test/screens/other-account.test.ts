import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY, tokenKey } from '../../src/services/keystore/keystore.js';
import { emptyAccount, FakeWorld } from '../app/fakes/fake-world.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const OTHERS = { work: SANDBOX_TOKENS.warning.token, home: SANDBOX_TOKENS.unverified.token };

const sees = (program: RunningProgram, what: string): Promise<void> =>
  expect.poll(() => program.text(), { timeout: 10_000 }).toContain(what);

/** The first step of the wizard, with so many accounts. */
async function openWizard(
  count: 0 | 1 | 3,
  prepare: (world: FakeWorld) => void = () => undefined,
): Promise<RunningProgram> {
  const world = new FakeWorld();
  if (count > 0) await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  if (count === 3) {
    world.accounts = { current: 'default', named: [{ name: 'work' }, { name: 'home' }] };
    for (const [name, token] of Object.entries(OTHERS)) {
      world.accountsByToken.set(token, emptyAccount());
      await world.keystore.set(tokenKey(name), token);
    }
  }
  prepare(world);
  const program = await startProgram(world);
  await program.press('n');
  await sees(program, 'DigitalOcean API token');
  return program;
}

describe('the button for another account', () => {
  it.each([0, 1] as const)('is not there with %i accounts', async (count) => {
    const program = await openWizard(count);
    await sees(program, '[ Validate ]');
    if (count === 1) {
      await program.press('enter');
      await sees(program, 'sammy@digitalocean.com');
    }
    expect(await program.text()).not.toContain('Other account');
  });

  it('chooses one of three, and has its token validated before anything is created there', async () => {
    const program = await openWizard(3);
    const { world } = program;
    await sees(program, '[ Other account ]');
    expect(await program.text()).toContain('The server is created in the account default.');
    await program.press('enter');
    await sees(program, '› Next ‹');
    await program.press('right', 'enter');
    await sees(program, 'Accounts of DigitalOcean');
    await sees(program, '[ Use work ]');
    await program.press('right', 'enter');
    await sees(program, 'The server is created in the account work.');
    expect(await program.text()).not.toContain('› Next ‹');
    await program.press('enter');
    await sees(program, '› Next ‹');
    await program.press('enter');
    await sees(program, '› Amsterdam 3');
    await program.press('enter');
    await sees(program, 'This will be created');
    await program.press('enter');
    await sees(program, '› Create server ‹');
    expect(await program.text()).toMatch(/Account +\S+ \(work\)/);
    await program.press('enter');
    await expect.poll(() => world.operations.tokens).toEqual([OTHERS.work]);
  });

  it('is there as well where the current account refuses its token', async () => {
    const program = await openWizard(3, (world) => {
      world.account.failure = new Error('Refused.');
    });
    await sees(program, '[ Other account ]');
  });

  it('leaves everything as it was when the dialog is left', async () => {
    const program = await openWizard(3);
    await sees(program, '[ Other account ]');
    await program.press('tab', 'right', 'right', 'enter');
    await sees(program, 'Accounts of DigitalOcean');
    await program.press('escape');
    await sees(program, '› Other account ‹');
    expect(program.world.accounts.current).toBe('default');
  });
});
