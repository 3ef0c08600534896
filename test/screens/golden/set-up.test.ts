import { SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../../src/services/keystore/keystore.js';
import { describeScenes, sees } from '../fixtures/golden-scenes.js';
import { DOMAIN, inForm, installing, listed, PASSWORD, waitingForDns } from '../fixtures/set-up.js';

describeScenes(
  'set-up',
  {
    form: async (terminal) => (await inForm(terminal)).program,
    'form-zones': async (terminal) => {
      const { program } = await listed(terminal, (_, { account, keystore }) => {
        account.zones.set('example.com', []);
        void keystore.set(TOKEN_KEY, SANDBOX_TOKENS.domains.token);
      });
      await program.press('o');
      await sees(program, 'a domain managed elsewhere');
      await program.press('tab', 'right');
      await sees(program, 'panel.fra1-edge.example.com');
      return program;
    },
    help: async (terminal) => {
      const { program } = await inForm(terminal);
      await program.press('f1');
      return program;
    },
    confirm: async (terminal) => {
      const { program } = await inForm(terminal);
      await program.paste(DOMAIN);
      await program.press('tab');
      await program.paste('ops@example.com');
      await program.press('enter');
      return program;
    },
    dns: async (terminal) => {
      const { program, panel, world } = await waitingForDns(terminal);
      panel.names.add(DOMAIN);
      panel.names.add(`panel.${DOMAIN}`);
      await world.clock.pass(100_000);
      await sees(program, 'points to the server');
      await world.clock.pass(3_000);
      program.screen.terminal.redraw();
      await sees(program, 'waiting for 1m 43s');
      return program;
    },
    installing: async (terminal) => {
      const { program, panel, world } = await installing(terminal);
      panel.reach(2, `Issuing certificate for panel.${DOMAIN}...`);
      await sees(program, 'Issuing certificate');
      await world.clock.pass(42_000);
      program.screen.terminal.redraw();
      await sees(program, '42 s');
      return program;
    },
    failed: async (terminal) => {
      const { program, panel } = await installing(terminal);
      panel.reach(2, `Issuing certificate for panel.${DOMAIN}...`);
      panel.fail(
        2,
        `Certificate issuance failed for panel.${DOMAIN}: Let's Encrypt rate limit reached.`,
      );
      await sees(program, 'failed: Certificate');
      return program;
    },
    done: async (terminal) => {
      const { program, panel } = await installing(terminal);
      panel.complete(PASSWORD);
      await sees(program, 'is set up');
      return program;
    },
    'done-leaving': async (terminal) => {
      const { program, panel } = await installing(terminal);
      panel.complete(PASSWORD);
      await sees(program, 'is set up');
      await program.press('escape');
      await sees(program, 'second factor in your app');
      return program;
    },
  },
  { ascii: ['dns', 'done'] },
);
