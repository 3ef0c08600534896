import { SANDBOX_TOKEN } from '../../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../../src/services/keystore/keystore.js';
import { FakeWorld } from '../../app/fakes/fake-world.js';
import { describeScenes, type Scene, sees } from '../fixtures/golden-scenes.js';
import { completed, DROPLET, failed, INSTALLING, runUntil } from '../fixtures/records.js';
import { type RunningProgram, startProgram } from '../fixtures/running-program.js';

async function provisioning(terminal: Parameters<Scene>[0]): Promise<RunningProgram> {
  const world = new FakeWorld();
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  world.operations.add({ label: 'fra1-edge', region: 'fra1' });
  const program = await startProgram(world, terminal);
  await program.press('enter');
  return program;
}

async function installing(terminal: Parameters<Scene>[0]): Promise<RunningProgram> {
  const program = await provisioning(terminal);
  await runUntil(program.world, 'op1', 'install_portlama');
  program.world.operations.write('op1', ...INSTALLING);
  await program.world.clock.pass(22_000);
  return program;
}

/** A line of the installer that is longer than the pane. */
const LONG_LINE = `Get:1 http://archive.ubuntu.com/ubuntu noble/main amd64 nginx amd64 1.24.0-2ubuntu7.5 [520 kB] ${'from the mirror of the region '.repeat(3)}`;

describeScenes(
  'provisioning',
  {
    running: installing,
    'log-zoomed': async (terminal) => {
      const program = await installing(terminal);
      for (const text of [LONG_LINE, 'Setting up nginx (1.24.0-2ubuntu7.5) ...'])
        program.world.operations.write('op1', { event: 'log', step: 'install_portlama', text });
      await program.press('z', 'w');
      return program;
    },
    'log-search': async (terminal) => {
      const program = await installing(terminal);
      await program.type('/droplet');
      await program.press('enter');
      return program;
    },
    cancel: async (terminal) => {
      const program = await provisioning(terminal);
      await runUntil(program.world, 'op1', 'wait_droplet');
      await program.press('x');
      return program;
    },
    'cleaning-up': async (terminal) => {
      const program = await provisioning(terminal);
      await runUntil(program.world, 'op1', 'wait_ssh');
      const [error, ...undone] = failed('wait_ssh');
      program.world.operations.write('op1', error!, undone[0]!);
      await program.world.clock.pass(3_000);
      return program;
    },
    failed: async (terminal) => {
      const program = await provisioning(terminal);
      await runUntil(program.world, 'op1', 'wait_ssh');
      program.world.operations.write('op1', ...failed('wait_ssh'));
      return program;
    },
    leftovers: async (terminal) => {
      const program = await provisioning(terminal);
      await runUntil(program.world, 'op1', 'wait_ssh');
      program.world.operations.write('op1', ...failed('wait_ssh', [DROPLET]));
      return program;
    },
    'clean-up-question': async (terminal) => {
      const program = await provisioning(terminal);
      await runUntil(program.world, 'op1', 'wait_ssh');
      program.world.operations.write('op1', ...failed('wait_ssh', [DROPLET]));
      await program.press('c');
      await sees(program, '?');
      return program;
    },
    interrupted: async (terminal) => {
      const program = await provisioning(terminal);
      await runUntil(program.world, 'op1', 'wait_ssh');
      program.world.operations.killWorker('op1');
      await program.world.clock.pass(2_500);
      await program.world.clock.pass(6_000);
      return program;
    },
    'out-of-sight': async (terminal) => {
      const program = await provisioning(terminal);
      await runUntil(program.world, 'op1', 'wait_ssh');
      program.world.operations.hideWorker('op1');
      await program.world.clock.pass(2_500);
      return program;
    },
    succeeded: async (terminal) => {
      const program = await provisioning(terminal);
      await runUntil(program.world, 'op1', 'cleanup');
      program.world.operations.write(
        'op1',
        { event: 'step', step: 'cleanup', status: 'done', data: {} },
        completed('fra1-edge'),
      );
      return program;
    },
    help: async (terminal) => {
      const program = await provisioning(terminal);
      await program.press('?');
      return program;
    },
  },
  { ascii: ['running', 'failed', 'leftovers', 'succeeded'] },
);
