import { DEFAULT_ACCOUNT } from '../core/product.js';
import { requireAccountName } from '../services/accounts/account-book.js';
import { tableLines } from '../words/formats.js';
import { accountTable, forgetAccountQuestion } from '../words/token.js';
import type { ListedAccount } from '../words/token.js';
import { addAccount, listAccounts, useAccount } from './accounts.js';
import { forgetToken } from './token.js';
import type { Work } from './work.js';

type Chosen = { readonly verb: 'use' | 'forget'; readonly name: string } | { readonly verb: 'add' };

/** Shows the accounts that have a token here, and lets the person choose, add or forget one. */
export async function chooseAccount(work: Work): Promise<void> {
  const accounts = await listAccounts(work);
  const [table, ...problems] = accountTable(accounts);
  const chosen = await work.face.choose<Chosen>({
    title: 'Accounts of DigitalOcean',
    lines: [...tableLines(table), ...problems, '', 'New servers are created in the current one.'],
    options: [
      ...accounts.filter(canBeUsed).map(({ name }) => ({
        label: `Use ${name}`,
        value: { verb: 'use', name } as const,
      })),
      { label: 'Add', value: { verb: 'add' } as const },
      ...accounts.filter(isNamed).map(({ name }) => ({
        label: `Forget ${name}`,
        value: { verb: 'forget', name } as const,
      })),
    ],
  });
  if (chosen.verb === 'use') await useAccount(chosen.name, work);
  else if (chosen.verb === 'add') await addByName(work);
  else {
    await work.face.confirm(forgetAccountQuestion(chosen.name));
    await forgetToken(work, chosen.name);
  }
}

async function addByName(work: Work): Promise<void> {
  const name = await work.face.ask({
    title: 'Add an account',
    lines: ['A name for it here, such as work. Its token is asked for next.'],
    field: 'Name of the account',
    problem: nameProblem,
  });
  await addAccount(name, work);
}

function nameProblem(name: string): string | undefined {
  try {
    requireAccountName(name);
    return undefined;
  } catch {
    return 'Use up to 32 lowercase letters, numbers and hyphens.';
  }
}

function canBeUsed({ isCurrent, hasToken }: ListedAccount): boolean {
  return hasToken && !isCurrent;
}

function isNamed({ name }: ListedAccount): boolean {
  return name !== DEFAULT_ACCOUNT;
}
