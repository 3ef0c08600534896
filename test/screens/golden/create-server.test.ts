import { expect } from 'vitest';
import { SANDBOX_TOKENS } from '../../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../../src/services/keystore/keystore.js';
import { EDGE, FakeWorld } from '../../app/fakes/fake-world.js';
import { describeScenes, type Scene, sees } from '../fixtures/golden-scenes.js';
import { type RunningProgram, startProgram } from '../fixtures/running-program.js';

type Terminal = Parameters<Scene>[0];

async function inWizard(terminal: Terminal): Promise<RunningProgram> {
  const program = await startProgram(new FakeWorld({ servers: [EDGE] }), terminal);
  await program.press('n');
  return program;
}

async function isChecked(program: RunningProgram): Promise<void> {
  await expect.poll(() => program.app.store.state.wizard?.token.check.state).toBe('checked');
}

const checked =
  (name: keyof typeof SANDBOX_TOKENS): Scene =>
  async (terminal) => {
    const program = await inWizard(terminal);
    await program.paste(SANDBOX_TOKENS[name].token);
    await program.press('enter');
    await isChecked(program);
    return program;
  };

async function onRegions(terminal: Terminal): Promise<RunningProgram> {
  const program = await inWizard(terminal);
  await program.paste(SANDBOX_TOKENS.good.token);
  await program.press('enter', 'enter');
  await sees(program, 'Frankfurt');
  return program;
}

async function measured(terminal: Terminal): Promise<RunningProgram> {
  const program = await onRegions(terminal);
  const { latency } = program.world;
  for (const [slug, ms] of [
    ['fra1', 9],
    ['ams3', 14],
    ['nyc1', 92],
    ['nyc2', 95],
    ['sfo3', 148],
    ['sgp1', 171],
  ] as const)
    latency.answer(slug, ms);
  latency.fail('syd1');
  return program;
}

describeScenes(
  'create-server',
  {
    token: inWizard,
    'token-help': async (terminal) => {
      const program = await inWizard(terminal);
      await program.press('f1');
      return program;
    },
    'token-good': checked('good'),
    'token-dangerous': checked('dangerous'),
    'token-missing-scopes': checked('missingScopes'),
    'token-refused': async (terminal) => {
      const program = await inWizard(terminal);
      await program.paste(SANDBOX_TOKENS.expired.token);
      await program.press('enter');
      await isChecked(program);
      return program;
    },
    'token-saved': async (terminal) => {
      const world = new FakeWorld({ servers: [EDGE] });
      await world.keystore.set(TOKEN_KEY, SANDBOX_TOKENS.good.token);
      const program = await startProgram(world, terminal);
      await program.press('n');
      return program;
    },
    'region-measuring': onRegions,
    region: measured,
    'region-search': async (terminal) => {
      const program = await measured(terminal);
      await program.type('sf');
      return program;
    },
    label: async (terminal) => {
      const program = await measured(terminal);
      await program.press('enter');
      await program.type('Fra');
      return program;
    },
    create: async (terminal) => {
      const program = await measured(terminal);
      await program.press('enter', 'enter');
      return program;
    },
  },
  { ascii: ['token', 'token-dangerous', 'region', 'create'] },
);
