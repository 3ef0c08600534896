import { giveAnswer } from '../answer.js';
import { perform } from '../work.js';
import type { Command } from './command.js';

export const command: Command = {
  usage: 'servers two-factor on LABEL',
  movesPasswords: true,
  summary: 'Turn a panel’s second factor on: shows a QR code once, and asks for its first code',
  json: { form: 'lines', model: async () => (await import('../answers/team.js')).FACTOR_SETUP },
  examples: ['servers two-factor on lab'],
  run: (call) =>
    perform(call, async (work) => {
      const { turnOnTwoFactor } = await import('../../usecases/two-factor.js');
      const { scanLines } = await import('../../words/qr-lines.js');
      const handleSecrets: Parameters<typeof turnOnTwoFactor>[1] = async (secrets) => {
        const scan = await scanLines(secrets.uri, call.world.settings);
        const lines = [...scan, `Or type this key: ${secrets.manualKey}`];
        giveAnswer({ json: secrets, lines }, call);
      };
      const { label, panelUrl } = await turnOnTwoFactor(call.args['LABEL']!, handleSecrets, work);
      return { json: { server: label, enabled: true, panelUrl } };
    }),
};
