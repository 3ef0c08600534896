import { tokenAnswer } from '../answer.js';
import { leakedToken } from '../leaked-token.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'token set',
  summary: 'Save an API token, typed without echo or from standard input',
  // Not repeated: it may be a token.
  unexpectedWord: () => leakedToken('If it was one, it'),
  json: { form: 'object', model: async () => (await import('../answers/cloud.js')).TOKEN },
  examples: ['token set', 'token set < token'],
  run: (call) =>
    perform(call, async (work) => {
      const { setToken } = await import('../../usecases/token.js');
      return { json: tokenAnswer(await setToken(work)) };
    }),
};
