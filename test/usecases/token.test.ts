import { describe, expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import type { TokenReport } from '../../src/services/digitalocean/token-check.js';
import { createSessionKeystore, TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { Declined } from '../../src/usecases/face.js';
import {
  checkToken,
  describeToken,
  forgetToken,
  saveToken,
  setToken,
} from '../../src/usecases/token.js';
import type { Answer } from './scripted-face.js';
import { chosenStores } from './stores.js';
import { type TestWork, testWork } from './work.js';

const GOOD: TokenReport = {
  ok: true,
  valid: true,
  account: undefined,
  dropletsUsed: 2,
  dropletLimit: 10,
  expiresInDays: 30,
  missing: [],
  dangerous: [],
  unverified: [],
  notices: [],
  problems: [],
  warnings: [],
};
const typing = (text: string): Answer => ({ secret: 'DigitalOcean API token (not shown)', text });

/** DigitalOcean's answer is `report`. */
function judging(report: Partial<TokenReport>, ...answers: readonly Answer[]): TestWork {
  const test = testWork({}, ...answers);
  const asked: string[] = [];
  const work = {
    ...test.work,
    checkToken: async (): Promise<TokenReport> => {
      asked.push('asked');
      return { ...GOOD, ...report };
    },
  };
  return { ...test, work };
}

describe('setToken', () => {
  it('saves what DigitalOcean accepts, and says what the token is worth', async () => {
    const { work, world, face, news } = judging({}, typing(` ${SANDBOX_TOKEN}\n`));
    await setToken(work);
    expect(await world.keystore.get(TOKEN_KEY)).toBe(SANDBOX_TOKEN);
    expect(face.said).toEqual([
      '  ok       valid: may not read its account (2 of 10 droplets used, expires in 30 days)',
      'Saved in Secret Service (GNOME Keyring).',
    ]);
    expect(news).toEqual([{ kind: 'token-changed' }]);
    face.finish();
  });

  it.each([
    ['lacks scopes', { ok: false, missing: ['tag:read'] }, 'token-scopes-missing'],
    ['may do too much', { ok: false, dangerous: ['domain:delete'] }, 'token-scopes-dangerous'],
  ])('saves nothing when the token %s', async (_, report, code) => {
    const { work, world, news } = judging(report, typing(SANDBOX_TOKEN));
    await expect(setToken(work)).rejects.toMatchObject({ code });
    expect(await world.keystore.get(TOKEN_KEY)).toBeUndefined();
    expect(news).toEqual([]);
  });

  it('asks for no token where the store does not work, or forgets it with the command', async () => {
    const { work, world } = testWork({});
    world.keystore.failure = new Error('The store is locked.');
    await expect(setToken(work)).rejects.toThrow('The store is locked.');
    const { stores } = await chosenStores('none');
    stores.useSession();
    const memory = testWork({ stores });
    await expect(setToken(memory.work)).rejects.toMatchObject({ code: 'session-store-useless' });
  });

  it('saves nothing when the question is left', async () => {
    await expect(setToken(testWork({}, typing('')).work)).rejects.toThrow(Declined);
  });
});

describe('saveToken', () => {
  it('asks DigitalOcean nothing about what cannot be a token, or without a place for secrets', async () => {
    const { work, world } = testWork({});
    await expect(saveToken('hunter2', work)).rejects.toMatchObject({ code: 'token-malformed' });
    expect(work.redactor.clean('a hunter2 b')).not.toContain('hunter2');
    const { stores } = await chosenStores('none', 'broken');
    const none = testWork({ stores });
    await expect(saveToken(SANDBOX_TOKEN, none.work)).rejects.toMatchObject({
      code: 'store-missing',
    });
    expect([...world.clients, ...none.world.clients]).toEqual([]);
  });

  it('reports a token that a store does not give back as not saved', async () => {
    const { work, world, news } = judging({});
    world.keystore.get = () => Promise.resolve(undefined);
    await expect(saveToken(SANDBOX_TOKEN, work)).rejects.toMatchObject({ code: 'store-failed' });
    expect(news).toEqual([]);
  });

  it('saves nothing once the person has left', async () => {
    const { work, world } = judging({});
    const signal = AbortSignal.abort();
    await expect(saveToken(SANDBOX_TOKEN, { ...work, signal })).rejects.toThrow('abort');
    expect(await world.keystore.get(TOKEN_KEY)).toBeUndefined();
  });

  it('saves into memory on a screen: the program stays open', async () => {
    const { stores } = await chosenStores('none');
    stores.useSession();
    const { work } = testWork({ stores });
    expect(stores.chosen).toMatchObject({ title: createSessionKeystore().title });
    await saveToken(SANDBOX_TOKEN, { ...work, checkToken: async () => GOOD });
    expect(await stores.get(TOKEN_KEY)).toBe(SANDBOX_TOKEN);
  });
});

describe('checkToken', () => {
  it('judges the token at hand, and says where it is from', async () => {
    const { work, world, face } = judging({ ok: false, missing: ['tag:read'] });
    await expect(checkToken(work)).rejects.toMatchObject({ code: 'token-missing' });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    expect((await describeToken(work)).ok).toBe(false);
    expect(face.said).toEqual([
      'Token from Secret Service (GNOME Keyring):',
      expect.stringContaining('valid'),
      '  problem  missing scopes: tag:read',
    ]);
  });

  it('explains a token of the environment that cannot be one', async () => {
    const { work } = testWork({ suppliedTokens: { environment: 'Bearer x' } });
    await expect(checkToken(work)).rejects.toMatchObject({ code: 'token-malformed' });
  });
});

describe('forgetToken', () => {
  it('deletes the saved token, and says that DigitalOcean still accepts it', async () => {
    const { work, world, face, news } = testWork({
      suppliedTokens: { environment: SANDBOX_TOKEN },
    });
    await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
    await forgetToken(work);
    expect(await world.keystore.get(TOKEN_KEY)).toBeUndefined();
    expect(face.said).toEqual([
      'Deleted from Secret Service (GNOME Keyring).',
      expect.stringContaining('DigitalOcean still accepts it.'),
      'PORTLAMA_CLOUD_TOKEN is still set and stays in use.',
    ]);
    expect(news).toEqual([{ kind: 'token-changed' }]);
  });

  it('says so when there was none', async () => {
    const { work, face, news } = testWork({});
    await forgetToken(work);
    expect(face.said).toEqual(['No token in Secret Service (GNOME Keyring).']);
    expect(news).toEqual([]);
  });
});
