import { describe, expect, it } from 'vitest';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { describeStores, findStore, keepInMemory, retryStore } from '../../src/usecases/stores.js';
import {
  askToUnlock,
  changePassphrase,
  createVault,
  initVault,
  repeatedPassphrase,
  replacePassphrase,
  unlockVault,
} from '../../src/usecases/vault.js';
import { type Answer, ScriptedFace } from './scripted-face.js';
import { chosenStores, NEWER, PASSPHRASE, type TestStores } from './stores.js';
import { type TestWork, testWork } from './work.js';

const FRESH = 'New passphrase of the vault';
const CHANGED = [{ kind: 'store-changed' }];

function workOn({ stores, home }: TestStores, ...answers: readonly Answer[]): TestWork {
  return testWork({ stores, facts: { home } }, ...answers);
}

const opensWith = ({ stores }: TestStores, passphrase: string): Promise<boolean> =>
  stores.vault.unlock(passphrase).then(
    () => true,
    () => false,
  );

describe('initVault', () => {
  it('creates the vault with a new passphrase, and keeps secrets in it from then on', async () => {
    const made = await chosenStores('none');
    await made.os.set(TOKEN_KEY, 'saved before');
    const { work, face, news } = workOn(made, { secret: FRESH, text: PASSPHRASE });
    await initVault(work);
    expect(made.stores.chosen).toBe(made.stores.vault);
    expect(await opensWith(made, PASSPHRASE)).toBe(true);
    expect(face.said.join('\n')).toContain('Move it too: portlama-tui vault move-to-vault');
    expect(work.redactor.clean(PASSPHRASE)).not.toContain(PASSPHRASE);
    expect(news).toEqual(CHANGED);
    face.finish();
  });

  it('takes a passphrase from its source, unless it protects nothing', async () => {
    const made = await chosenStores('none');
    const { work, face } = workOn(made);
    const weak = { ...work, suppliedPassphrase: async () => 'summer2024' };
    await expect(initVault(weak)).rejects.toMatchObject({ code: 'passphrase-weak' });
    expect(made.stores.vault.exists).toBe(false);
    await initVault({ ...work, suppliedPassphrase: async () => PASSPHRASE });
    expect(face.said[0]).toContain('Strength of the passphrase: fair');
    expect(await opensWith(made, PASSPHRASE)).toBe(true);
  });

  it('refuses a second vault, unasked, and the sandbox', async () => {
    const { work } = workOn(await chosenStores('locked'));
    await expect(initVault(work)).rejects.toMatchObject({ code: 'vault-exists' });
    await expect(initVault(testWork({}).work)).rejects.toMatchObject({ code: 'sandbox-store' });
  });
});

describe('createVault', () => {
  it('takes along what was in memory', async () => {
    const made = await chosenStores('none', 'broken');
    const { work } = workOn(made);
    made.stores.useSession();
    await made.stores.set(TOKEN_KEY, 'in memory');
    await createVault(PASSPHRASE, work);
    expect(await made.stores.vault.get(TOKEN_KEY)).toBe('in memory');
  });

  it('wants the passphrase of a form twice', () => {
    expect(repeatedPassphrase(PASSPHRASE, PASSPHRASE)).toBe(PASSPHRASE);
    expect(() => repeatedPassphrase(PASSPHRASE, NEWER)).toThrow('do not match');
    expect(() => repeatedPassphrase('qwertyuiop', 'qwertyuiop')).toThrow('too weak');
  });
});

describe('the passphrase of the vault', () => {
  it('is replaced once the present one is typed', async () => {
    const made = await chosenStores('locked');
    const { work, face, news } = workOn(
      made,
      { secret: 'Current passphrase of the vault', text: PASSPHRASE },
      { secret: FRESH, text: NEWER },
    );
    await changePassphrase(work);
    expect(await opensWith(made, PASSPHRASE)).toBe(false);
    expect(await opensWith(made, NEWER)).toBe(true);
    expect(news).toEqual(CHANGED);
    face.finish();
  });

  it('stays when the present one is wrong or missing, or the new one is weak', async () => {
    const made = await chosenStores('locked');
    const { work, news } = workOn(made);
    const wrong = replacePassphrase('wrong', NEWER, work);
    await expect(wrong).rejects.toMatchObject({ code: 'vault-passphrase-wrong' });
    await expect(replacePassphrase('', NEWER, work)).rejects.toThrow('empty');
    await expect(replacePassphrase(PASSPHRASE, 'qwertyuiop', work)).rejects.toThrow('too weak');
    expect(await opensWith(made, PASSPHRASE)).toBe(true);
    expect(news).toEqual([]);
  });

  it('is not changed where there is no vault', async () => {
    const { work } = workOn(await chosenStores('none'));
    await expect(changePassphrase(work)).rejects.toMatchObject({ code: 'vault-missing' });
  });

  it('opens the vault from a form', async () => {
    const made = await chosenStores('locked');
    const { work, face, news } = workOn(made);
    await expect(unlockVault('', work)).rejects.toThrow('empty');
    await expect(unlockVault('wrong', work)).rejects.toMatchObject({
      code: 'vault-passphrase-wrong',
    });
    expect(work.redactor.clean('wrong')).toBe('wrong');
    await unlockVault(PASSPHRASE, work);
    expect(made.stores.vault.isUnlocked).toBe(true);
    expect(work.redactor.clean(PASSPHRASE)).not.toContain(PASSPHRASE);
    expect(face.said).toEqual(['The vault is open until the program ends.']);
    expect(news).toEqual(CHANGED);
  });

  it('is asked for three times at most, and hidden from what is shown', async () => {
    const asked = (text: string): Answer => ({ secret: 'Passphrase of the vault', text });
    const { stores } = await chosenStores('locked');
    const { redactor } = testWork({}).work;
    const three = new ScriptedFace(asked('a'), asked('b'), asked('c'));
    const given = askToUnlock(stores.vault, { redactor, face: three });
    await expect(given).rejects.toMatchObject({ code: 'vault-passphrase-wrong' });
    expect(three.shown).toHaveLength(2);
    const left = new ScriptedFace(asked(''));
    await askToUnlock(stores.vault, { redactor, face: left });
    expect(stores.vault.isUnlocked).toBe(false);
    const right = new ScriptedFace(asked('a'), asked(PASSPHRASE));
    await askToUnlock(stores.vault, { redactor, face: right });
    expect(stores.vault.isUnlocked).toBe(true);
    expect(redactor.clean(PASSPHRASE)).not.toContain(PASSPHRASE);
    for (const face of [three, left, right]) face.finish();
  });
});

describe('the choice of the store', () => {
  it('is the vault where there is one, else the store of the system, else missing', async () => {
    const status = async (...kind: Parameters<typeof chosenStores>) =>
      (await findStore(workOn(await chosenStores(...kind)).work)).status;
    expect(await status('locked')).toBe('locked');
    expect(await status('none')).toBe('ready');
    expect(await status('none', 'broken')).toBe('missing');
  });

  it('is memory when the person says so', async () => {
    const made = await chosenStores('none', 'broken');
    const { work, face, news } = workOn(made);
    await keepInMemory(work);
    expect(await findStore(work)).toMatchObject({ kind: 'session', status: 'ready' });
    expect(face.said.join()).toContain('lost when the program ends');
    expect(news).toEqual(CHANGED);
  });

  it('is tried again once the store was repaired', async () => {
    const made = await chosenStores('none', 'broken');
    const { work, news } = workOn(made);
    expect((await retryStore(work)).status).toBe('missing');
    expect(news).toEqual([]);
    made.os.failure = undefined;
    expect((await retryStore(work)).status).toBe('ready');
    expect(news).toEqual(CHANGED);
  });

  it('is described with its reason, the vault, and the fault of the system’s store', async () => {
    const made = await chosenStores('locked', 'broken');
    const { work, face } = workOn(made);
    await describeStores(work);
    expect(face.said).toEqual([
      `Secrets are kept in the encrypted vault: ${made.home}/vault.age exists.`,
      `Vault: ${made.home}/vault.age, 0 secrets.`,
      expect.stringContaining('age --decrypt --identity'),
      'Secret Service (GNOME Keyring): cannot be used (no-dbus).',
      expect.stringContaining('no D-Bus session'),
      ...face.said.slice(5),
    ]);
  });
});
