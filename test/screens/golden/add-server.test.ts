import { InputError } from '../../../src/core/errors.js';
import { describeScenes, sees } from '../fixtures/golden-scenes.js';
import { withServers } from '../fixtures/listed-servers.js';

describeScenes(
  'add-server',
  {
    form: async (terminal) => {
      const program = await withServers(terminal);
      await program.press('a');
      await program.paste('203.0.113.77');
      return program;
    },
    help: async (terminal) => {
      const program = await withServers(terminal);
      await program.press('a', 'f1');
      return program;
    },
    refused: async (terminal) => {
      const program = await withServers(terminal);
      program.world.panels.failure = new InputError({
        code: 'panel-address-not-public',
        message: '10.0.0.1 is in a private network, not a public address.',
        hint: 'Nothing was sent there. Use the public address of the server, as the DigitalOcean console shows it.',
      });
      await program.press('a');
      await program.paste('https://10.0.0.1:9292');
      await program.press('enter');
      await sees(program, 'private network');
      return program;
    },
    confirm: async (terminal) => {
      const program = await withServers(terminal);
      await program.press('a');
      await program.paste('203.0.113.77');
      await program.press('enter');
      await sees(program, 'SHA-256');
      return program;
    },
  },
  { ascii: ['refused'] },
);
