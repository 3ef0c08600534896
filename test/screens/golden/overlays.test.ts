import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ApiError } from '../../../src/services/digitalocean/api-error.js';
import { EDGE } from '../../app/fakes/fake-world.js';
import { drawFolded, expectGolden } from '../../fixtures/terminal/golden.js';
import { describeScenes } from '../fixtures/golden-scenes.js';
import { onServerPage, withServers } from '../fixtures/listed-servers.js';

describeScenes('overlays', {
  sort: async (terminal) => {
    const program = await withServers(terminal);
    await program.type('Sadd');
    await program.press('enter');
    await program.type('S');
    return program;
  },
  help: async (terminal) => {
    const program = await withServers(terminal);
    await program.press('?');
    return program;
  },
  'help-of-a-page': async (terminal) => {
    const program = await onServerPage(terminal);
    await program.press('?');
    return program;
  },
  palette: async (terminal) => {
    const program = await withServers(terminal);
    await program.press(':');
    return program;
  },
  'palette-found': async (terminal) => {
    const program = await withServers(terminal);
    await program.press(':');
    await program.type('pan');
    return program;
  },
  'palette-finds-nothing': async (terminal) => {
    const program = await withServers(terminal);
    await program.type(':qqq');
    return program;
  },
  doctor: async (terminal) => {
    const program = await withServers(terminal);
    await program.press('D');
    await expect.poll(() => program.text()).not.toContain('checking…');
    return program;
  },
  'doctor-problems': async (terminal) => {
    const program = await withServers(terminal);
    const { world } = program;
    const home = '/home/ops/.portlama';
    world.homeReport = {
      mode: 0o755,
      faults: [{ path: home, kind: 'shared', owner: 1000, mode: 0o755 }],
    };
    world.legacyPasswords = 2;
    world.account.failure = new ApiError({
      code: 'dns-failed',
      message: 'DigitalOcean cannot be reached: there is no network.',
      hint: 'Check the network connection, then press r.',
    });
    await program.press('D');
    await expect.poll(() => program.text()).not.toContain('checking…');
    return program;
  },
  activity: async (terminal) => {
    const program = await withServers(terminal);
    await program.press('p', 'y');
    const { health, clock } = program.world;
    health.report({
      serverId: EDGE.id,
      samples: [undefined],
      health: {
        state: 'offline',
        since: clock.now(),
        reason: 'The panel did not answer within 5 s.',
        code: 'panel-timeout',
      },
    });
    await program.press('L');
    return program;
  },
});

it('is one sentence in every terminal that is too small, as drawn', async () => {
  const program = await withServers({ columns: 80, rows: 24 });
  const drawn: string[] = [];
  for (const [columns, rows] of [
    [59, 18],
    [60, 17],
    [20, 5],
  ] as const) {
    await program.screen.resize(columns, rows);
    await program.settle();
    await program.screen.draw();
    drawn.push(`${columns}x${rows}\n${drawFolded(program.screen.emulator)}`);
  }
  expectGolden(drawn.join('\n'), join(import.meta.dirname, 'overlays', 'too-small.txt'));
});
