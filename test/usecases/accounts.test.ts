import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SANDBOX_TOKEN, SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY, tokenKey } from '../../src/services/keystore/keystore.js';
import {
  addAccount,
  expiringTokens,
  listAccounts,
  useAccount,
} from '../../src/usecases/accounts.js';
import { createServer } from '../../src/usecases/create-server.js';
import { destroyServer } from '../../src/usecases/destroy-server.js';
import { destroyUnlistedDroplet } from '../../src/usecases/destroy-unlisted-droplet.js';
import { checkCloud } from '../../src/usecases/doctor/cloud.js';
import { destroyServers } from '../../src/usecases/end-many.js';
import { listDroplets } from '../../src/usecases/list-droplets.js';
import { AccountsReader, compareAccounts } from '../../src/usecases/compare-accounts.js';
import { nameOfRemembered, openAccounts } from '../../src/usecases/open-accounts.js';
import { cleanUpOperation, resumeOperation } from '../../src/usecases/operations.js';
import { powerServer } from '../../src/usecases/power-server.js';
import { describeToken, findToken, forgetToken, saveToken } from '../../src/usecases/token.js';
import { costAdvice } from '../../src/usecases/advice.js';
import { reportLines } from '../fixtures/report-lines.js';
import { ApiError } from '../../src/services/digitalocean/api-error.js';
import { reduceDroplets } from '../../src/app/reduce/servers.js';
import { initialState } from '../../src/app/state.js';
import { DEFAULT_SETTINGS } from '../fixtures/settings.js';
import { tableLines } from '../../src/words/formats.js';
import { accountTable } from '../../src/words/token.js';
import { droplet, dropletOf, FakeDigitalOcean } from '../app/fakes/fake-digitalocean.js';
import { EDGE, emptyAccount, LAB } from '../app/fakes/fake-world.js';
import type { Answer } from './scripted-face.js';
import { type TestWork, testWork } from './work.js';

const WORK_TOKEN = SANDBOX_TOKENS.warning.token;
const OWN = { email: 'sammy@digitalocean.com', team: 'team of sandbox' };
const WORK = { email: 'sammy@digitalocean.com', team: 'team of warning' };
const DESTROY = { confirm: 'Destroy fra1-edge?', typed: 'fra1-edge' };

interface TwoAccounts extends TestWork {
  readonly own: ReturnType<typeof emptyAccount>;
  readonly other: ReturnType<typeof emptyAccount>;
}

/** The default account with nyc3-lab, and the account work with fra1-edge. */
async function twoAccounts(
  options: { readonly account?: string } = {},
  ...answers: readonly Answer[]
): Promise<TwoAccounts> {
  const test = testWork({ servers: [EDGE, LAB], ...options }, ...answers);
  const { world } = test;
  const other = emptyAccount();
  world.accountsByToken.set(WORK_TOKEN, other);
  world.accounts = { current: 'default', named: [{ name: 'work' }] };
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  await world.keystore.set(tokenKey('work'), WORK_TOKEN);
  other.droplets.set(dropletOf(EDGE).id, dropletOf(EDGE));
  world.addDroplet(dropletOf(LAB));
  return { ...test, own: world.account, other };
}

describe('named tokens', () => {
  it('are kept beside the default one, and the first one that there is becomes the current one', async () => {
    const { work, world } = testWork({}, { secret: /account work/, text: WORK_TOKEN });
    expect(await addAccount('work', work)).toMatchObject({ name: 'work', isCurrent: true });
    expect(await world.keystore.get(tokenKey('work'))).toBe(WORK_TOKEN);
    expect(tokenKey('work').account).toBe('digitalocean:work');
    expect(await world.keystore.get(TOKEN_KEY)).toBeUndefined();
    expect(await findToken(work)).toEqual({ origin: 'store', secret: WORK_TOKEN });
  });

  it('are told apart by their team, where several share an e-mail', async () => {
    const home = SANDBOX_TOKENS.expiresSoon.token;
    const { work, world } = testWork(
      {},
      { secret: /account work/, text: WORK_TOKEN },
      { secret: /account home/, text: home },
    );
    expect(nameOfRemembered(WORK, world.accounts)).toBe('default');
    await addAccount('work', work);
    await addAccount('home', work);
    expect(world.accounts.named.map(({ email }) => email)).toEqual([WORK.email, WORK.email]);
    expect(nameOfRemembered(WORK, world.accounts)).toBe('work');
    expect(nameOfRemembered(OWN, world.accounts)).toBe('home');
    expect(nameOfRemembered({ ...OWN, team: 'another' }, world.accounts)).toBeNull();
    const untold = world.accounts.named.map(({ name, email }) => ({ name, email }));
    expect(nameOfRemembered(WORK, { current: 'work', named: untold })).toBeNull();
  });

  it.each([
    ['listed', (work: TestWork['work']) => listAccounts(work)],
    ['checked', (work: TestWork['work']) => describeToken(work)],
    [
      'compared',
      async (work: TestWork['work']) =>
        compareAccounts(await openAccounts(work), work, work.signal),
    ],
  ])('leave the default one its name, which the book knows once it was %s', async (_use, use) => {
    const { work, world } = await twoAccounts();
    expect(nameOfRemembered(OWN, world.accounts)).toBeNull();
    await use(work);
    expect(nameOfRemembered(OWN, world.accounts)).toBe('default');
    await compareAccounts(await openAccounts(work), work, work.signal);
    const asks = vi.spyOn(FakeDigitalOcean.prototype, 'getAccount');
    onTestFinished(() => asks.mockRestore());
    await compareAccounts(await openAccounts(work), work, work.signal);
    expect(asks).not.toHaveBeenCalled();
  });

  it('of older books learn their team', async () => {
    const { work, world } = await twoAccounts();
    await describeToken(work, 'work');
    expect(world.accounts.named).toEqual([{ name: 'work', ...WORK }]);
    expect(nameOfRemembered(WORK, world.accounts)).toBe('work');
  });

  it('leave the current account as it is, until another is chosen', async () => {
    const { work, world, face, news } = testWork({}, { secret: /account work/, text: WORK_TOKEN });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    await addAccount('work', work);
    expect((await findToken(work)).secret).toBe(SANDBOX_TOKEN);
    await useAccount('work', work);
    expect((await findToken(work)).secret).toBe(WORK_TOKEN);
    expect(face.said.at(-1)).toBe('New servers are created in the account work from now on.');
    expect(news).toContainEqual({ kind: 'token-changed' });
  });

  it.each([
    ['nobody', 'account-unknown'],
    ['Work!', 'account-name-invalid'],
  ])('refuse to use %s: %s', async (name, code) => {
    const { work } = await twoAccounts();
    await expect(useAccount(name, work)).rejects.toMatchObject({ code });
  });

  it('are listed with their expiry, and with what DigitalOcean said instead', async () => {
    const { work, other } = await twoAccounts();
    other.failure = new Error('DigitalOcean is down.');
    const accounts = await listAccounts(work);
    expect(accounts).toMatchObject([
      { name: 'default', isCurrent: true, expiresInDays: 82, problem: undefined },
      { name: 'work', isCurrent: false, hasToken: true, problem: 'DigitalOcean is down.' },
    ]);
    const [table, ...problems] = accountTable(accounts);
    expect([...tableLines(table), ...problems]).toEqual([
      expect.stringMatching(/^ACCOUNT +E-MAIL +TOKEN/),
      expect.stringMatching(/^default +sammy@\S+ +saved, expires in 82 days +current/),
      expect.stringMatching(/^work +- +saved/),
      'work: DigitalOcean is down.',
    ]);
  });

  it('are checked by name, whichever is current', async () => {
    const { work, face } = await twoAccounts();
    await describeToken(work, 'work');
    expect(face.said[0]).toMatch(/^Token from .+ \(account work\):$/);
    await expect(describeToken(work, 'nobody')).rejects.toMatchObject({ code: 'account-unknown' });
  });

  it('go with their name, and one that has a token takes the place of the current one', async () => {
    const { work, world } = await twoAccounts();
    await useAccount('work', work);
    expect(await forgetToken(work)).toBe(true);
    expect(world.accounts).toEqual({ current: 'default', named: [] });
    expect(await world.keystore.get(tokenKey('work'))).toBeUndefined();
    expect(await world.keystore.get(TOKEN_KEY)).toBe(SANDBOX_TOKEN);
    await expect(forgetToken(work, 'work')).rejects.toMatchObject({ code: 'account-unknown' });
  });

  it('are not saved for the default account, whatever is chosen', async () => {
    const { work, world } = await twoAccounts();
    await useAccount('work', work);
    await saveToken(SANDBOX_TOKENS.expiresSoon.token, { ...work, checkToken: accept });
    expect(await world.keystore.get(TOKEN_KEY)).toBe(SANDBOX_TOKEN);
    expect(await world.keystore.get(tokenKey('work'))).toBe(SANDBOX_TOKENS.expiresSoon.token);
  });
});

const accept: TestWork['work']['checkToken'] = async () => ({
  ok: true,
  valid: true,
  account: undefined,
  dropletsUsed: 0,
  dropletLimit: 3,
  expiresInDays: undefined,
  missing: [],
  dangerous: [],
  unverified: [],
  notices: [],
  problems: [],
  warnings: [],
});

describe('an operation on a droplet', () => {
  it('is done with the token of the account that has it', async () => {
    const { work, own, other } = await twoAccounts({}, DESTROY);
    expect((await destroyServer('fra1-edge', work)).droplet).toBe('removed');
    expect(other.droplets.size).toBe(0);
    expect(own.droplets.size).toBe(1);
  });

  it('needs no account but its own', async () => {
    const { work, own, other } = await twoAccounts({}, DESTROY);
    own.failure = new Error('The token of the default account is refused.');
    await destroyServer('fra1-edge', work);
    expect(other.droplets.size).toBe(0);
  });

  it('never takes a droplet for gone that the tokens here cannot see', async () => {
    const { work, world, other } = await twoAccounts();
    world.serverMeta.set(EDGE.id, { account: WORK });
    await forgetToken(work, 'work');
    for (const act of [
      () => destroyServer('fra1-edge', work),
      () => destroyServers(['fra1-edge'], work),
      () => powerServer('fra1-edge', 'on', work),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'account-missing' });
    expect(await world.registry.list()).toEqual([EDGE, LAB]);
    expect(other.droplets.size).toBe(1);
  });

  it('does not believe a server that forgot its account either, where there are several', async () => {
    const { work, world, other } = await twoAccounts();
    other.droplets.clear();
    await expect(destroyServer('fra1-edge', work)).rejects.toMatchObject({
      code: 'droplet-absent',
      message: expect.stringContaining('none of the accounts checked (default, work)') as string,
    });
    expect(await world.registry.list()).toEqual([EDGE, LAB]);
  });

  it('says which account could not be asked', async () => {
    const { work, world, other } = await twoAccounts();
    world.serverMeta.set(EDGE.id, { account: WORK });
    other.failure = new Error('No answer.');
    await expect(destroyServer('fra1-edge', work)).rejects.toThrow('No answer.');
    expect(await world.registry.list()).toEqual([EDGE, LAB]);
  });

  it('removes the entry of one that its own account does not have any more', async () => {
    const remove = { confirm: 'Remove fra1-edge from the list?', typed: 'fra1-edge' };
    const { work, world, other } = await twoAccounts({}, remove);
    world.serverMeta.set(EDGE.id, { account: WORK });
    other.droplets.clear();
    expect((await destroyServer('fra1-edge', work)).droplet).toBe('absent');
    expect(await world.registry.list()).toEqual([LAB]);
  });

  it('is kept to one account by --account', async () => {
    const { work, world } = await twoAccounts({ account: 'work' });
    world.serverMeta.set(LAB.id, { account: OWN });
    await expect(destroyServer('nyc3-lab', work)).rejects.toMatchObject({
      code: 'account-missing',
      message: expect.stringContaining('(work)') as string,
    });
  });

  it('works on many of several accounts at once', async () => {
    const { work, own, other } = await twoAccounts({}, { confirm: /Destroy 2/, typed: '2' });
    await destroyServers(['fra1-edge', 'nyc3-lab'], work);
    expect(own.droplets.size + other.droplets.size).toBe(0);
  });

  it('finds an unlisted droplet in its account', async () => {
    const name = { confirm: 'Destroy portlama-7?', typed: 'portlama-7' };
    const { work, own, other } = await twoAccounts({}, name);
    other.droplets.set(7, droplet(7));
    expect((await destroyUnlistedDroplet(7, work)).droplet).toBe('removed');
    expect(other.droplets.has(7)).toBe(false);
    expect(own.droplets.size).toBe(1);
  });
});

describe('what is looked at', () => {
  it('is all accounts, with the name of each', async () => {
    const { work } = await twoAccounts();
    const { droplets, gone } = await listDroplets(work);
    expect(droplets.map(({ server, droplet: { account } }) => [server, account])).toEqual([
      ['nyc3-lab', 'default'],
      ['fra1-edge', 'work'],
    ]);
    expect(gone).toEqual([]);
  });

  it('makes servers remember their account, and calls none gone that was not asked for', async () => {
    const { work, world } = await twoAccounts();
    const { signal } = work;
    await compareAccounts(await openAccounts(work), work, signal);
    expect(world.serverMeta.get(EDGE.id)?.account).toMatchObject(WORK);
    expect(world.serverMeta.get(LAB.id)?.account).toMatchObject(OWN);
    await forgetToken(work, 'work');
    const { gone } = await compareAccounts(await openAccounts(work), work, signal);
    expect(gone).toEqual([]);
  });
});

describe('an account that refuses its token', () => {
  const REFUSED = new ApiError({
    code: 'token-invalid',
    status: 401,
    message: 'DigitalOcean refuses the token.',
  });

  it('hides no droplet of the others, and its own servers are unknown rather than gone', async () => {
    const { work, world, own, other } = await twoAccounts();
    world.serverMeta.set(EDGE.id, { account: WORK });
    own.droplets.set(7, { ...droplet(7), name: 'portlama-lost' });
    other.failure = REFUSED;
    const { signal } = work;
    for (const report of [
      await compareAccounts(await openAccounts(work), work, signal),
      await listDroplets(work),
    ]) {
      expect(report.unlisted.map((found) => found.droplet.id)).toEqual([7]);
      expect(report.gone).toEqual([]);
      expect(reportLines(report, { sandbox: false })).toEqual([
        expect.stringContaining('portlama-lost'),
        expect.stringContaining('droplets adopt 7'),
        expect.stringContaining('droplets destroy 7'),
        'fra1-edge: its droplet is unknown (token of work refused)',
        'The account work was not asked: DigitalOcean refuses the token.',
        expect.stringContaining('token add work'),
      ]);
    }
  });

  it('leaves the total of all droplets open', async () => {
    const { work, world, other } = await twoAccounts();
    const totalOf = async () => {
      const report = await compareAccounts(await openAccounts(work), work, work.signal);
      return costAdvice([{ ...EDGE }, LAB], report).map(({ text }) => text);
    };
    expect(await totalOf()).toEqual(['All droplets cost $8/month.']);
    other.failure = REFUSED;
    expect(await totalOf()).toEqual(['All droplets cost at least $4/month.']);
    other.failure = undefined;
    other.droplets.clear();
    world.serverMeta.set(EDGE.id, { account: WORK });
    expect(await totalOf()).toEqual(['All droplets cost $4/month.']);
  });

  it('leaves a server of another account gone that this one certainly is not of', async () => {
    const { work, world, own, other } = await twoAccounts();
    world.serverMeta.set(LAB.id, { account: OWN });
    own.droplets.clear();
    other.failure = REFUSED;
    const report = await compareAccounts(await openAccounts(work), work, work.signal);
    expect(report.gone).toEqual([LAB]);
    expect(report.unknown?.map(({ server }) => server)).toEqual([EDGE]);
  });

  it('is shown at its servers in the list', async () => {
    const { work, world, other } = await twoAccounts();
    other.failure = REFUSED;
    const report = await compareAccounts(await openAccounts(work), work, work.signal);
    const { droplets } = reduceDroplets(
      initialState({ settings: DEFAULT_SETTINGS, ...world.ports }),
      {
        type: 'droplets-compared',
        report,
      },
    );
    expect([...droplets.unknown]).toEqual([[EDGE.id, 'unknown (token of work refused)']]);
    expect(droplets.unasked).toEqual(['work']);
  });

  it('costs the doctor no look at the others', async () => {
    const { work, world, own, other } = await twoAccounts();
    world.serverMeta.set(EDGE.id, { account: WORK });
    own.droplets.set(7, { ...droplet(7), name: 'portlama-lost' });
    other.failure = REFUSED;
    const texts = (await checkCloud(work)).map(({ name, text }) => `${name}: ${text}`);
    expect(texts).toEqual([
      expect.stringContaining('API token: '),
      expect.stringContaining('DigitalOcean (default): '),
      expect.stringContaining('DigitalOcean (work): '),
      expect.stringContaining('Droplets: 1 unlisted droplet'),
      expect.stringContaining('portlama-lost'),
      'Droplets: fra1-edge: its droplet is unknown (token of work refused)',
    ]);
  });

  it('stops no destruction of many in another', async () => {
    const { work, own, other } = await twoAccounts({}, { confirm: /Destroy 1/, typed: '1' });
    other.failure = REFUSED;
    await destroyServers(['nyc3-lab'], work);
    expect(own.droplets.size).toBe(0);
    expect(other.droplets.size).toBe(1);
  });

  it('rejects where no other is left', async () => {
    const { work, own, other } = await twoAccounts();
    for (const account of [own, other]) account.failure = REFUSED;
    await expect(listDroplets(work)).rejects.toMatchObject({
      code: 'token-invalid',
      message: 'Account default: DigitalOcean refuses the token.',
    });
  });

  it('is one of those that do not answer in time as well', async () => {
    const { work, other } = await twoAccounts();
    const [own, slow] = await openAccounts(work);
    const never = (_: unknown, signal?: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(signal!.reason as Error));
      });
    const accounts = [own!, { ...slow!, api: { ...slow!.api, listDroplets: never } as never }];
    const reader = new AccountsReader(accounts, [], 20);
    const found = await reader.listDroplets(undefined, work.signal);
    expect(found.map(({ account }) => account)).toEqual(['default']);
    expect(reader.unasked).toMatchObject([{ name: 'work', error: { code: 'account-slow' } }]);
    expect(other.droplets.size).toBe(1);
  });
});

describe('a token that expires soon', () => {
  it('is told 14 days before, with its account where there are several', async () => {
    const { work, world, other } = await twoAccounts();
    const soon = SANDBOX_TOKENS.expiresSoon.token;
    world.accountsByToken.set(soon, other);
    await world.keystore.set(tokenKey('work'), soon);
    const accounts = await openAccounts(work);
    const found = await expiringTokens(accounts, work.signal);
    expect(found).toEqual([{ days: 0, account: 'work' }]);
    expect(await expiringTokens(accounts.slice(1), work.signal)).toEqual([{ days: 0 }]);
    other.failure = new Error('No answer.');
    expect(await expiringTokens(accounts, work.signal)).toEqual([]);
  });
});

describe('creating a server', () => {
  it('takes the chosen account, and its later work the one that it began with', async () => {
    const { work, world } = await twoAccounts();
    await useAccount('work', work);
    const id = await createServer({ region: 'fra1', label: 'new' }, work);
    expect(await world.operations.get(id)).toMatchObject({ request: { account: 'work' } });
    await useAccount('default', work);
    world.operations.kill(id);
    await resumeOperation(id, work);
    expect(world.operations.tokens).toEqual([WORK_TOKEN, WORK_TOKEN]);
    await forgetToken(work, 'work');
    world.operations.kill(id);
    await expect(resumeOperation(id, work)).rejects.toMatchObject({ code: 'token-missing' });
    await expect(
      cleanUpOperation(id, { ...work, face: { ...work.face, confirm: async () => undefined } }),
    ).rejects.toMatchObject({ code: 'token-missing' });
  });
});
