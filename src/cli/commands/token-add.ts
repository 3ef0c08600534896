import type { ListedAccount } from '../../words/token.js';
import type { AccountAnswer } from '../answers/accounts.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

const loadModel = async () => (await import('../answers/accounts.js')).ACCOUNT;

export const command: Command = {
  usage: 'token add NAME',
  summary: 'Save the API token of another account under a name',
  json: { form: 'object', model: loadModel },
  examples: ['token add work', 'token add work < token'],
  run: (call) =>
    perform(call, async (work) => {
      const { addAccount } = await import('../../usecases/accounts.js');
      return { json: accountAnswer(await addAccount(call.args['NAME']!, work)) };
    }),
};

export function accountAnswer(listed: ListedAccount): AccountAnswer {
  const { name, email, isCurrent, hasToken, expiresInDays, problem } = listed;
  return {
    name,
    email: email ?? null,
    current: isCurrent,
    hasToken,
    expiresInDays: expiresInDays ?? null,
    problem: problem ?? null,
  };
}
