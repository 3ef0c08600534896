import { describe, expect, it } from 'vitest';
import { commandFace } from '../../src/cli/face.js';
import type { Settings } from '../../src/cli/settings.js';
import { PortlamaError } from '../../src/core/errors.js';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { setToken } from '../../src/usecases/token.js';
import { changePassphrase, initVault } from '../../src/usecases/vault.js';
import type { Work } from '../../src/usecases/work.js';
import { FakeWorld } from '../app/fakes/fake-world.js';
import { type RunningAppWithoutScreens, startAppWithoutScreens } from '../app/fakes/running-app.js';
import { chosenStores, NEWER, PASSPHRASE, type TestStores } from './stores.js';

/** What came of it, in either face. */
interface Decided {
  readonly end: string;
  readonly token: string | undefined;
  /** Passphrases that open the vault. */
  readonly opensWith: readonly string[];
}

async function decided({ stores }: TestStores, end: string): Promise<Decided> {
  const opensWith: string[] = [];
  for (const passphrase of [PASSPHRASE, NEWER]) {
    const opens = stores.vault.unlock(passphrase).then(() => opensWith.push(passphrase));
    await opens.catch(() => undefined);
  }
  return { end, token: await stores.get(TOKEN_KEY), opensWith };
}

/** Each secret answered with the next text of the script. */
async function atThePrompt(
  made: TestStores,
  types: readonly string[],
  useCase: (work: Work) => Promise<unknown>,
): Promise<Decided> {
  const world = new FakeWorld({ stores: made.stores, facts: { home: made.home } });
  const left = [...types];
  const face = commandFace(
    { settings: { sandbox: false, ascii: false } as Settings },
    { words: 'vault' },
    {
      isInteractive: () => true,
      say: () => undefined,
      ask: () => Promise.reject(new Error('no question is expected')),
      secret: async () => left.shift() ?? '',
    },
  );
  const signal = new AbortController().signal;
  try {
    await useCase({ ...world.ports, face, signal, news: () => undefined });
    return await decided(made, 'done');
  } catch (error) {
    if (!(error instanceof PortlamaError)) throw error;
    return await decided(made, error.code);
  }
}

function startWith({ stores, home }: TestStores): Promise<RunningAppWithoutScreens> {
  return startAppWithoutScreens(new FakeWorld({ stores, facts: { home } }));
}

/** In the fields of the dialog behind a button of K. */
async function inTheDialog(
  made: TestStores,
  button: string,
  fields: readonly string[],
): Promise<Decided> {
  const running = await startWith(made);
  await running.perform('secrets');
  if (button !== '') await running.choose(button);
  const dialog = running.state.dialogs[0];
  if (dialog?.kind !== 'passphrase') throw new Error('no passphrase is asked for');
  await running.app.submitPassphrase(dialog.id, fields);
  const still = running.state.dialogs.find(({ id }) => id === dialog.id);
  const problem = still?.kind === 'passphrase' ? still.problem : undefined;
  return await decided(made, problem?.code ?? 'done');
}

/** In the field of the wizard. */
async function inTheWizard(made: TestStores, typed: string): Promise<Decided> {
  const running = await startWith(made);
  await running.perform('servers.create');
  await running.app.checkToken(typed);
  const check = running.state.wizard?.token.check;
  if (check?.state === 'failed') return await decided(made, check.error.code);
  if (check?.state !== 'checked') throw new Error('the token was not checked');
  const { ok, valid, missing } = check.report;
  const refusal = valid
    ? missing.length > 0
      ? 'token-scopes-missing'
      : 'token-scopes-dangerous'
    : 'token-invalid';
  return await decided(made, ok ? 'done' : refusal);
}

describe.each([
  ['that works', SANDBOX_TOKENS.good.token, 'done'],
  ['that lacks scopes', SANDBOX_TOKENS.missingScopes.token, 'token-scopes-missing'],
  ['that may do too much', SANDBOX_TOKENS.dangerous.token, 'token-scopes-dangerous'],
  ['that expired', SANDBOX_TOKENS.expired.token, 'token-invalid'],
  ['that is none', 'hunter2', 'token-malformed'],
])('setting a token %s', (_, token, end) => {
  it('comes to the same end on the screen and at the prompt', async () => {
    const prompt = await atThePrompt(await chosenStores('none'), [token], setToken);
    expect(prompt).toMatchObject({ end, token: end === 'done' ? token : undefined });
    expect(await inTheWizard(await chosenStores('none'), token)).toEqual(prompt);
  });
});

describe.each([
  ['with a good passphrase', PASSPHRASE, 'done', [PASSPHRASE]],
  ['with a weak one', 'qwertyuiop', 'passphrase-weak', []],
  ['with one that ends with a space', `${PASSPHRASE} `, 'passphrase-unusable', []],
])('creating the vault %s', (_, passphrase, end, opensWith) => {
  it('comes to the same end on the screen and at the prompt', async () => {
    const broken = () => chosenStores('none', 'broken');
    const withMemory = async () => {
      const made = await broken();
      made.stores.useSession();
      return made;
    };
    const prompt = await atThePrompt(await withMemory(), [passphrase], initVault);
    expect(prompt).toMatchObject({ end, opensWith });
    const fields = [passphrase, passphrase];
    expect(await inTheDialog(await withMemory(), 'Create vault', fields)).toEqual(prompt);
  });
});

describe.each([
  ['with the present one', [PASSPHRASE, NEWER], 'done', [NEWER]],
  ['with a wrong one', ['wrong', NEWER], 'vault-passphrase-wrong', [PASSPHRASE]],
  ['with nothing typed for the new one', [PASSPHRASE, ''], 'passphrase-weak', [PASSPHRASE]],
])('changing the passphrase %s', (_, [present = '', next = ''], end, opensWith) => {
  it('comes to the same end on the screen and at the prompt', async () => {
    const open = async (): Promise<TestStores> => {
      const made = await chosenStores('locked');
      await made.stores.vault.unlock(PASSPHRASE);
      return made;
    };
    const prompt = await atThePrompt(await open(), [present, next], changePassphrase);
    expect(prompt).toMatchObject({ end, opensWith });
    const fields = [present, next, next];
    expect(await inTheDialog(await open(), 'Change passphrase', fields)).toEqual(prompt);
  });
});
