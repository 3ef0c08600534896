import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { TOKEN_KEY, tokenKey } from '../../../src/services/keystore/keystore.js';
import { dropletOf } from '../fakes/fake-digitalocean.js';
import { EDGE, emptyAccount, FakeWorld, LAB } from '../fakes/fake-world.js';
import { type RunningAppWithoutScreens, startAppWithoutScreens } from '../fakes/running-app.js';

const WORK_TOKEN = SANDBOX_TOKENS.warning.token;

/** nyc3-lab in the default account, fra1-edge in the account work. */
async function withTwoAccounts(token = WORK_TOKEN): Promise<RunningAppWithoutScreens> {
  const world = new FakeWorld({ servers: [EDGE, LAB] });
  const other = emptyAccount();
  world.accountsByToken.set(token, other);
  world.accounts = { current: 'default', named: [{ name: 'work' }] };
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  await world.keystore.set(tokenKey('work'), token);
  other.droplets.set(dropletOf(EDGE).id, dropletOf(EDGE));
  world.addDroplet(dropletOf(LAB));
  const running = await startAppWithoutScreens(world);
  await expect.poll(() => running.state.droplets.compared).toBe(true);
  return running;
}

describe('the accounts', () => {
  it('are named in the title and at each server where there are several', async () => {
    const { state } = await withTwoAccounts();
    expect(state.accountName).toBe('default');
    expect(state.droplets.gone).toEqual([]);
    expect(state.droplets.listed.get(EDGE.id)?.account).toBe('work');
    expect(state.droplets.listed.get(LAB.id)?.account).toBe('default');
  });

  it('are shown and chosen by a key', async () => {
    const running = await withTwoAccounts();
    await running.perform('accounts');
    await expect
      .poll(() => running.state.dialogs[0])
      .toMatchObject({
        title: 'Accounts of DigitalOcean',
        actions: ['Use work', 'Add', 'Forget work'],
      });
    await running.choose('Use work');
    await expect.poll(() => running.state.accountName).toBe('work');
    expect(running.world.accounts.current).toBe('work');
  });

  it('are added with a name and a token, which is saved only once it is accepted', async () => {
    const running = await withTwoAccounts();
    const { world } = running;
    await running.perform('accounts');
    await expect.poll(() => running.state.dialogs).toHaveLength(1);
    await running.choose('Add');
    await expect.poll(() => running.state.dialogs[0]).toMatchObject({ title: 'Add an account' });
    await running.types('home');
    await expect
      .poll(() => running.state.dialogs[0])
      .toMatchObject({ title: 'API token of the account home (not shown)' });
    await running.types(SANDBOX_TOKENS.domains.token);
    await expect
      .poll(() => world.keystore.get(tokenKey('home')))
      .toBe(SANDBOX_TOKENS.domains.token);
    await expect.poll(() => world.accounts.named.map(({ name }) => name)).toEqual(['work', 'home']);
    expect(world.accounts.current).toBe('default');
  });

  it('are forgotten after a question, and their servers stay', async () => {
    const running = await withTwoAccounts();
    const { world } = running;
    await running.perform('accounts');
    await expect.poll(() => running.state.dialogs).toHaveLength(1);
    await running.choose('Forget work');
    await expect
      .poll(() => running.state.dialogs[0])
      .toMatchObject({ title: 'Forget the account work?' });
    await running.answer(true);
    await expect.poll(() => world.accounts.named).toEqual([]);
    expect(await world.keystore.get(tokenKey('work'))).toBeUndefined();
    expect(running.state.servers.list).toEqual([EDGE, LAB]);
    expect(running.state.droplets.gone).toEqual([]);
  });

  it('show on the page of a server', async () => {
    const running = await withTwoAccounts();
    await running.perform('servers.open', EDGE.id);
    await expect.poll(() => running.state.page?.account).toBe('sammy@digitalocean.com');
    await expect.poll(() => running.state.page?.droplet?.id).toBe(Number(EDGE.providerId));
  });
});

describe('a token that expires soon', () => {
  it('is told on the list, with its account', async () => {
    const running = await withTwoAccounts(SANDBOX_TOKENS.expiresSoon.token);
    await expect
      .poll(() => running.state.toasts.map(({ text }) => text))
      .toContain('The API token of the account work expires within a day.');
  });
});
