import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { learnAccount, openAccountBook } from '../../../src/services/accounts/account-book.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

describe('the book of accounts', () => {
  it('begins with the default account, and is a private file from then on', async () => {
    const home = await temporaryFolder();
    const book = openAccountBook(home, undefined);
    expect(await book.read()).toEqual({ current: 'default', named: [] });
    await book.change(({ current }) => ({
      current,
      named: [{ name: 'work', email: 'a@b.example' }],
    }));
    await book.choose('work');
    const again = openAccountBook(home, undefined);
    expect(await again.read()).toEqual({
      current: 'work',
      named: [{ name: 'work', email: 'a@b.example' }],
    });
    expect((await stat(join(home, 'accounts.json'))).mode & 0o777).toBe(0o600);
  });

  it('knows the default account beside others only, and writes what is news', async () => {
    const home = await temporaryFolder();
    const book = openAccountBook(home, undefined);
    const facts = { email: 'a@b.example', team: 'one' };
    await learnAccount(book, 'default', facts);
    await expect(stat(join(home, 'accounts.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    await book.change((accounts) => ({ ...accounts, named: [{ name: 'work' }] }));
    await learnAccount(book, 'default', facts);
    await learnAccount(book, 'work', facts);
    await learnAccount(book, 'nobody', facts);
    const known = { current: 'default', named: [{ name: 'work', ...facts }], default: facts };
    expect(await openAccountBook(home, undefined).read()).toEqual(known);
    const { ino } = await stat(join(home, 'accounts.json'));
    await learnAccount(book, 'default', facts);
    expect((await stat(join(home, 'accounts.json'))).ino).toBe(ino);
  });

  it('loses no name to another program that adds one at the same time', async () => {
    const home = await temporaryFolder();
    const names = ['one', 'two', 'three', 'four'];
    await Promise.all(
      names.map((name) =>
        openAccountBook(home, undefined).change(({ current, named }) => ({
          current,
          named: [...named, { name }],
        })),
      ),
    );
    const { named } = await openAccountBook(home, undefined).read();
    expect(named.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  it('takes a choice for more than the wish of this run', async () => {
    const book = openAccountBook(await temporaryFolder(), 'work');
    expect(book.wish).toBe('work');
    await book.choose('home');
    expect(book.wish).toBeUndefined();
    expect((await book.read()).current).toBe('home');
  });

  it.each(['', '[]', '{"current":"default"}', '{"current":"a b","accounts":[]}', 'null'])(
    'chooses no account for a file that says %j',
    async (content) => {
      const home = await temporaryFolder();
      await writeFile(join(home, 'accounts.json'), content, { mode: 0o600 });
      await expect(openAccountBook(home, undefined).read()).rejects.toMatchObject({
        code: 'accounts-unreadable',
      });
    },
  );
});
