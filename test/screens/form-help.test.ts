import { describe, expect, it } from 'vitest';
import '../../src/words/form-help.js';
import { SANDBOX_TOKENS } from '../../src/sandbox/tokens.js';
import { EDGE, FakeWorld } from '../app/fakes/fake-world.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';
import { inForm } from './fixtures/set-up.js';

const SIZE = { columns: 80, rows: 24 };
const sees = (program: RunningProgram, what: string | RegExp): Promise<void> =>
  expect.poll(() => program.text(), { timeout: 10_000 }).toMatch(what);

async function wizard(): Promise<RunningProgram> {
  const program = await startProgram(new FakeWorld({ servers: [EDGE] }), SIZE);
  await program.press('n');
  return program;
}

async function regions(): Promise<RunningProgram> {
  const program = await wizard();
  await program.paste(SANDBOX_TOKENS.good.token);
  await program.press('enter', 'enter');
  program.world.latency.answer('fra1', 14);
  await sees(program, '› Frankfurt 1');
  return program;
}

/** Each form, with the Tabs that lead to what is no field, and its help. */
const FORMS: readonly (readonly [
  string,
  () => Promise<RunningProgram>,
  readonly string[],
  string,
])[] = [
  [
    'the set-up of a domain',
    async () => (await inForm(SIZE)).program,
    ['tab', 'tab'],
    'How a domain is set up',
  ],
  [
    'adding a server',
    async () => {
      const program = await startProgram(new FakeWorld(), SIZE);
      await program.press('a');
      return program;
    },
    ['tab', 'tab'],
    'Adding a server',
  ],
  ['the token', wizard, ['tab'], 'How to get a token'],
  ['the regions', regions, [], 'Choosing a region'],
  ['the size above the regions', regions, ['tab'], 'Choosing a region'],
  [
    'the label',
    async () => {
      const program = await regions();
      await program.press('enter');
      return program;
    },
    ['shift-tab'],
    'What happens next',
  ],
];

describe.each(FORMS)('beside the fields of %s', (_name, open, tabs, title) => {
  it('? gives its help, as F1 does', async () => {
    for (const key of ['?', 'f1']) {
      const program = await open();
      await program.press(...tabs, key);
      await sees(program, `┌ ${title}`);
      await program.press('escape');
      await expect.poll(() => program.text()).not.toContain(`┌ ${title}`);
    }
  });
});

it('? is a character in a field, where F1 gives the help', async () => {
  const { program } = await inForm(SIZE);
  await program.press('?');
  expect(await program.text()).not.toContain('How a domain is set up');
  await program.press('f1');
  await sees(program, '┌ How a domain is set up');
});

it('? is in the footer wherever it works', async () => {
  const { program } = await inForm(SIZE);
  expect(await program.text()).toMatch(/ F1 help/);
  expect(await program.text()).not.toMatch(/ \? help/);
  await program.press('tab', 'tab');
  await sees(program, / \? help/);
});
