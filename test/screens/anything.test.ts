import * as fc from '../fixtures/fast-check.js';
import { expect, it } from 'vitest';
import { SANDBOX_TOKEN } from '../../src/sandbox/tokens.js';
import { TOKEN_KEY } from '../../src/services/keystore/keystore.js';
import { droplet, dropletOf } from '../app/fakes/fake-digitalocean.js';
import { EDGE, FakeWorld, LAB, OLD_BOX } from '../app/fakes/fake-world.js';
import { KEY_BYTES, pasteBytes } from '../fixtures/terminal/key-bytes.js';
import { HAPPENINGS, underWay } from './fixtures/happenings.js';
import { RunningProgram } from './fixtures/running-program.js';

/** `PROPERTY_SEED=any ANYTHING_RUNS=500` tries others, for as long as that takes. */
const RUNS = Number(process.env['ANYTHING_RUNS'] ?? 25);
const ADDRESS = pasteBytes('https://panel.example.net');
/** Only after a while it is clear that a lone ESC is a key, and that what follows a paste is not more of it. */
const PAUSES: Readonly<Record<string, number>> = { escape: 60, [ADDRESS]: 120 };

const DROPLETS = [7, 312876543, 312876544];

/** One packet of keys, by their names, or what happens meanwhile. */
type Event = readonly string[] | { readonly happens: string };

const LETTERS = Array.from('nacidpyrtbxuwfsNXARLDKhjklgG?/:eo-1q');
const NAMES = ['enter', 'tab', 'shift-tab', 'space', 'backspace', 'home', 'ctrl-u', 'ctrl-l'];
const MOVES = ['up', 'down', 'left', 'right', 'pagedown'];
const REGIONS_ANSWER: Event = { happens: 'the regions answer' };

/** Ways that chance alone hardly finds. */
const WAYS: readonly (readonly Event[])[] = [
  [['n'], ['enter'], ['enter'], REGIONS_ANSWER, ['enter'], ['x'], ['enter'], ['enter']],
  [['a'], [ADDRESS], ['enter']],
  [['d'], ['tab'], ['enter']],
  [['G'], ['d'], ['tab'], ['enter']],
  [['x'], ['tab'], ['enter']],
  [['tab'], ['enter']],
  [['g'], ['enter']],
  [['escape'], ['escape']],
];

const packet = fc.array(fc.constantFrom(...LETTERS, ...NAMES, ...MOVES), {
  minLength: 1,
  maxLength: 4,
});
const happening = fc.constantFrom(...Object.keys(HAPPENINGS)).map((happens) => ({ happens }));
const events: fc.Arbitrary<readonly Event[]> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: packet.map((keys) => [keys]) },
      { weight: 3, arbitrary: fc.constantFrom(...WAYS) },
      { weight: 4, arbitrary: happening.map((one) => [one]) },
    ),
    { minLength: 20, maxLength: 60 },
  )
  .map((parts) => parts.flat());

async function begin(): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: [EDGE, LAB, OLD_BOX] });
  await world.keystore.set(TOKEN_KEY, SANDBOX_TOKEN);
  const unlisted = { ...droplet(7), name: 'portlama-lost' };
  for (const one of [dropletOf(EDGE), dropletOf(LAB), unlisted]) world.addDroplet(one);
  const { operations } = world;
  const start = operations.start.bind(operations);
  // As the real ones: one at a time.
  operations.start = async (choice, token) => {
    if ((await underWay(world)).length > 0) throw new Error('Another one is in progress.');
    return await start(choice, token);
  };
  const program = new RunningProgram(world);
  await program.settle();
  return program;
}

async function meet(program: RunningProgram, event: Event): Promise<void> {
  if ('happens' in event) await HAPPENINGS[event.happens]!(program.world);
  else {
    await program.screen.send(event.map((key) => KEY_BYTES[key] ?? key).join(''));
    const pause = PAUSES[event.at(-1) ?? ''];
    if (pause !== undefined) await new Promise((resolve) => setTimeout(resolve, pause));
  }
  await program.settle();
}

async function expectSound(program: RunningProgram): Promise<void> {
  const { world, app, screen } = program;
  // A mistake of the program itself would be told as if it were one of the circumstances.
  expect(
    world.logged.filter((line) => /(Type|Reference|Range)Error|no operation/.test(line)),
  ).toEqual([]);
  expect((await underWay(world)).length).toBeLessThan(2);
  // Nobody typed a label.
  expect(DROPLETS.filter((id) => !world.account.droplets.has(id))).toEqual([]);
  if (app.store.state.exit !== undefined) return;
  await screen.draw();
  const lines = (await screen.text()).split('\n');
  expect(lines[0]).toMatch(/portlama/);
  expect(lines.at(-1)?.trim()).not.toBe('');
}

/** Esc closes all that lies above a screen, and Ctrl-C twice ends the program, wherever it is. */
async function expectWayOut(program: RunningProgram): Promise<void> {
  const { app, world } = program;
  await world.clock.pass(7_000);
  for (let turn = 0; turn < 12; turn += 1) await meet(program, ['escape']);
  const { dialogs, overlay } = app.store.state;
  expect({ dialogs, overlay }).toEqual({ dialogs: [], overlay: undefined });
  await program.press('ctrl-c');
  if (app.store.state.exit === undefined) await program.press('ctrl-c');
  expect(app.store.state.exit).toBe('quit');
}

it(
  'whatever is pressed and whatever happens meanwhile, it stays whole, destroys nothing, and can be left',
  async () => {
    process.env['TZ'] = 'UTC';
    const property = fc.asyncProperty(events, async (all) => {
      const program = await begin();
      try {
        for (const event of all) {
          await meet(program, event);
          await expectSound(program);
          if (program.app.store.state.exit !== undefined) return;
        }
        await expectWayOut(program);
      } finally {
        program.dispose();
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  },
  60_000 + RUNS * 5_000,
);
