import { RegistryError } from '../../../src/services/registry/registry.js';
import { certificate } from '../../app/fakes/fake-panels.js';
import { EDGE, FakeWorld } from '../../app/fakes/fake-world.js';
import { FOREIGN_LABELS } from '../../fixtures/foreign-labels.js';
import { describeScenes, sees } from '../fixtures/golden-scenes.js';
import { withExpiring, withOutageWhileAway, withServers, withUnlisted } from '../fixtures/listed-servers.js';
import { startProgram } from '../fixtures/running-program.js';

describeScenes(
  'servers',
  {
    empty: (terminal) => startProgram(new FakeWorld(), terminal),
    list: (terminal) => withServers(terminal),
    expiring: withExpiring,
    names: (terminal) => {
      const servers = FOREIGN_LABELS.map((label, index) => {
        const host = `203.0.113.${50 + index}`;
        const address = { panelUrl: `https://${host}:9292`, ip: host };
        return { ...EDGE, ...address, id: `id-${index}`, label, active: index === 6 };
      });
      return startProgram(new FakeWorld({ servers }), terminal);
    },
    'a-thousand': async (terminal) => {
      const servers = Array.from({ length: 1_000 }, (_, index) => ({
        ...EDGE,
        id: `id-${index}`,
        label: `edge-${String(index + 1).padStart(4, '0')}`,
        ip: `203.0.${113 + Math.floor(index / 250)}.${index % 250}`,
        active: index === 0,
      }));
      const program = await startProgram(new FakeWorld({ servers }), terminal);
      await program.press('G');
      return program;
    },
    filter: async (terminal) => {
      const program = await withServers(terminal);
      await program.type('/fra');
      return program;
    },
    'filter-finds-nothing': async (terminal) => {
      const program = await withServers(terminal);
      await program.type('/zurich');
      return program;
    },
    marked: async (terminal) => {
      const program = await withServers(terminal);
      await program.press('space', 'space');
      return program;
    },
    destroy: async (terminal) => {
      const program = await withServers(terminal);
      await program.press('d');
      return program;
    },
    'destroy-many': async (terminal) => {
      const program = await withServers(terminal);
      await program.press('space', 'space', 'space', 'd');
      await sees(program, 'Destroy 3 at once?');
      return program;
    },
    remove: async (terminal) => {
      const program = await withServers(terminal);
      await program.press('x');
      await sees(program, 'keeps running');
      return program;
    },
    'panel-over-ssh': async (terminal) => {
      const program = await withServers(terminal, { facts: { inSshSession: true } });
      await program.press('p');
      return program;
    },
    'while-away': withOutageWhileAway,
    unlisted: withUnlisted,
    'unlisted-adopt': async (terminal) => {
      const program = await withUnlisted(terminal);
      await program.press('A');
      await sees(program, 'Adopt portlama-lost?');
      return program;
    },
    'unlisted-destroy': async (terminal) => {
      const program = await withUnlisted(terminal);
      await program.press('d');
      return program;
    },
    gone: async (terminal) => {
      const program = await withUnlisted(terminal);
      await program.press('up', 'd');
      return program;
    },
    unreadable: async (terminal) => {
      const world = new FakeWorld();
      world.registry.failure = new RegistryError({
        code: 'registry-unreadable',
        message:
          'The list of servers, /home/ops/.portlama/servers.json, cannot be read: it is not valid JSON.',
        hint: 'Correct the file, or start from the backup: cp /home/ops/.portlama/servers.json.bak /home/ops/.portlama/servers.json',
      });
      return await startProgram(world, terminal);
    },
    'certificate-changed': async (terminal) => {
      const program = await withServers(terminal);
      const { health, panels, clock } = program.world;
      health.report({
        serverId: EDGE.id,
        samples: [20, 22, 20, undefined],
        health: {
          state: 'certificate-changed',
          since: clock.now() - 60_000,
          reason: 'The certificate of 203.0.113.42:9292 is not the pinned one.',
        },
      });
      panels.pins.set(EDGE.id, certificate('0C'));
      await program.press('c');
      return program;
    },
    export: async (terminal) => {
      const program = await withServers(terminal);
      await program.type(':export servers');
      await program.press('enter');
      await sees(program, 'Cancel');
      return program;
    },
    import: async (terminal) => {
      const program = await withServers(terminal);
      await program.type(':import servers');
      await program.press('enter');
      await sees(program, 'Cancel');
      return program;
    },
    quit: async (terminal) => {
      const program = await withServers(terminal);
      await program.press('q');
      await sees(program, 'Quit?');
      return program;
    },
  },
  { ascii: ['empty', 'list', 'expiring', 'names', 'destroy'] },
);
