import { describe, expect, it } from 'vitest';
import type { ServerEntry } from '../../src/services/registry/registry.js';
import { FakeWorld, OLD_BOX } from '../app/fakes/fake-world.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const LABELS = ['bravo', 'alpha', 'charlie', 'delta', 'echo', 'foxtrot'];
const SERVERS: readonly ServerEntry[] = LABELS.map((label, index) => ({
  ...OLD_BOX,
  id: `id-${index}`,
  label,
  panelUrl: `https://${label}.example.com`,
}));

const sees = (program: RunningProgram, what: string | RegExp): Promise<void> =>
  expect.poll(() => program.text(), { timeout: 10_000 }).toMatch(what);
const seesNoMore = (program: RunningProgram, what: string): Promise<void> =>
  expect.poll(() => program.text(), { timeout: 10_000 }).not.toContain(what);

async function start(options: Parameters<typeof startProgram>[1] = {}): Promise<RunningProgram> {
  const world = new FakeWorld({ servers: SERVERS });
  const program = await startProgram(world, { columns: 100, rows: 24, mouse: true, ...options });
  await sees(program, 'foxtrot');
  return program;
}

/** Place of a text on the screen, from 1 as reports count. */
async function find(program: RunningProgram, what: string): Promise<string> {
  const lines = (await program.text()).split('\n');
  const row = lines.findIndex((line) => line.includes(what));
  expect(row, what).toBeGreaterThanOrEqual(0);
  return `${lines[row]!.indexOf(what) + 1};${row + 1}`;
}

function click(at: string): string {
  return `\u001b[<0;${at}M\u001b[<0;${at}m`;
}

async function clickOn(program: RunningProgram, what: string): Promise<void> {
  await program.screen.send(click(await find(program, what)));
}

async function doubleClickOn(program: RunningProgram, what: string): Promise<void> {
  const once = click(await find(program, what));
  await program.screen.send(once + once);
}

describe('the mouse', () => {
  it('moves to a row by a click, and opens it by a double one', async () => {
    const program = await start();
    await clickOn(program, 'charlie');
    await sees(program, /› *. *charlie/);
    await doubleClickOn(program, 'delta');
    await sees(program, /portlama › delta|Servers › delta/);
  });

  it('sorts by the title of a column, and the other way round', async () => {
    const program = await start();
    await clickOn(program, 'LABEL');
    await sees(program, 'sort: label ↑');
    await clickOn(program, 'LABEL');
    await sees(program, 'sort: label ↓');
    expect(await program.text()).toMatch(/foxtrot[^]*echo[^]*delta/);
  });

  it('changes the span of the history on the page of a server', async () => {
    const program = await start({ rows: 40 });
    await program.press('enter');
    await sees(program, '[1h]');
    await clickOn(program, '7d');
    await sees(program, '[7d]');
  });

  it('moves through a list by the wheel', async () => {
    const program = await start();
    const at = await find(program, 'alpha');
    await program.screen.send(`\u001b[<65;${at}M`);
    await sees(program, /› *. *delta/);
    await program.screen.send(`\u001b[<64;${at}M`);
    await sees(program, /› *. *bravo/);
  });

  it('puts the cursor into typed text', async () => {
    const program = await start();
    await program.press('a');
    await program.type('https://panel.com');
    await clickOn(program, 'com ');
    await program.type('example.');
    await sees(program, 'https://panel.example.com ');
  });

  it('presses a key of the footer', async () => {
    const program = await start();
    await clickOn(program, '? help');
    await sees(program, /┌ Keys ─/);
    await clickOn(program, 'Esc close');
    await seesNoMore(program, '┌ Keys ─');
  });

  it('chooses in the palette, and never reaches what is below it', async () => {
    const program = await start();
    await program.press(':');
    await sees(program, '┌ Commands ─');
    await program.screen.send(click('2;5'));
    expect(await program.text()).toContain('┌ Commands ─');
    await program.type('doctor');
    await clickOn(program, 'Check this machine');
    await seesNoMore(program, '┌ Commands ─');
    await sees(program, 'Doctor');
  });

  it('presses the buttons of a question, but not by the second click of the one that opened it', async () => {
    const program = await start();
    const opens = click(await find(program, 'd remove'));
    await program.screen.send(opens + opens);
    await sees(program, '[ Remove');
    await clickOn(program, '› No ‹');
    await seesNoMore(program, '[ Remove');
    expect(await program.text()).toContain('bravo');
  });

  it('types nothing into a field, however a report is cut', async () => {
    const program = await start();
    await program.press('a');
    await sees(program, 'Panel');
    const before = await program.text();
    for (const char of click('40;12') + '\u001b[<64;40;12M') await program.screen.send(char);
    await program.settle();
    expect(await program.text()).toBe(before);
  });

  it('is asked for only where it is on', async () => {
    const on = await start();
    expect(await on.written()).toContain('\u001b[?1000h\u001b[?1006h');
    const off = await start({ mouse: false });
    expect(await off.written()).not.toContain('\u001b[?1000h');
  });
});
