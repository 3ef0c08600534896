import { expect } from 'vitest';
import { EDGE } from '../../app/fakes/fake-world.js';
import { describeScenes, sees } from '../fixtures/golden-scenes.js';
import { onServerPage, withServers } from '../fixtures/listed-servers.js';

describeScenes(
  'server',
  {
    page: onServerPage,
    'page-7d': async (terminal) => {
      const program = await onServerPage(terminal);
      await program.press(']', '3');
      return program;
    },
    'page-offline': async (terminal) => {
      const program = await onServerPage(terminal);
      const { health, clock } = program.world;
      const since = clock.now() - 720_000;
      const reason = 'The panel did not answer within 5 s.';
      health.report({
        serverId: EDGE.id,
        samples: [undefined],
        health: { state: 'offline', since, reason, code: 'panel-timeout' },
      });
      await expect.poll(() => program.app.store.state.page?.cause).toBe('network');
      return program;
    },
    power: async (terminal) => {
      const program = await withServers(terminal);
      await program.press('P');
      await sees(program, 'Reboot ]');
      return program;
    },
    'power-reboot': async (terminal) => {
      const program = await withServers(terminal);
      await program.press('P');
      await sees(program, 'Reboot ]');
      await program.press('right', 'right', 'enter');
      await sees(program, 'Reboot fra1-edge?');
      return program;
    },
    resize: async (terminal) => {
      const program = await withServers(terminal);
      for (const [id, droplet] of program.world.account.droplets)
        program.world.account.droplets.set(id, { ...droplet, status: 'off' });
      await program.press('P');
      await sees(program, 'Resize ]');
      await program.press('tab', 'tab', 'enter');
      await sees(program, 'Resize to which size?');
      return program;
    },
    'resize-confirm': async (terminal) => {
      const program = await withServers(terminal);
      for (const [id, droplet] of program.world.account.droplets)
        program.world.account.droplets.set(id, { ...droplet, status: 'off' });
      await program.press('P');
      await sees(program, 'Resize ]');
      await program.press('tab', 'tab', 'enter');
      await sees(program, 'Resize to which size?');
      await program.press('enter');
      await sees(program, 'Resize fra1-edge');
      return program;
    },
    edit: async (terminal) => {
      const program = await withServers(terminal);
      await program.press('e');
      await sees(program, 'Edit fra1-edge');
      return program;
    },
    'edit-label': async (terminal) => {
      const program = await withServers(terminal);
      await program.press('e');
      await sees(program, 'Edit fra1-edge');
      await program.press('right', 'enter');
      await sees(program, 'Rename fra1-edge');
      await program.type(' x');
      await program.press('enter');
      return program;
    },
    access: async (terminal) => {
      const program = await withServers(terminal);
      await program.press('I');
      await sees(program, 'Copy password');
      return program;
    },
    'access-missing': async (terminal) => {
      const program = await withServers(terminal);
      program.world.health.report({
        serverId: EDGE.id,
        samples: [],
        health: {
          state: 'certificate-needed',
          since: program.world.clock.now(),
          reason: 'No admin certificate is here.',
          lacks: 'client-certificate',
        },
      });
      await program.press('I');
      await sees(program, 'Panel of fra1-edge');
      return program;
    },
    'ssh-fails': async (terminal) => {
      const program = await withServers(terminal);
      await program.press('i');
      await sees(program, 'No shell on fra1-edge');
      return program;
    },
  },
  { ascii: ['page'] },
);
