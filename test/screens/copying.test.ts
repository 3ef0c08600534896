import { describe, expect, it } from 'vitest';
import type { DialogLine } from '../../src/app/dialog-lines.js';
import { shownError } from '../../src/app/shown-error.js';
import { PortlamaError } from '../../src/core/errors.js';
import type { Hint } from '../../src/core/hint.js';
import { EDGE, FakeWorld } from '../app/fakes/fake-world.js';
import { type RunningProgram, startProgram } from './fixtures/running-program.js';

const sees = (program: RunningProgram, what: string | RegExp): Promise<void> =>
  expect.poll(() => program.text(), { timeout: 10_000 }).toMatch(what);

class TestError extends PortlamaError {}

const LONG = `export DBUS_SESSION_BUS_ADDRESS=unix:path=${'/run/user/1000'.repeat(5)}/bus`;
const BILLING = 'https://cloud.digitalocean.com/account/billing';

async function failing(hint: Hint, size = { columns: 140, rows: 40 }): Promise<RunningProgram> {
  const program = await startProgram(new FakeWorld({ servers: [EDGE] }), size);
  const thrown = new TestError({ code: 'test', message: 'It did not work.', hint });
  const error = shownError(thrown, { sandbox: false });
  const dialog = { kind: 'error', id: 901, title: 'Failed', error } as const;
  program.app.store.dispatch({ type: 'dialog-opened', dialog, at: 0 });
  await sees(program, '┌ Failed');
  return program;
}

async function telling(lines: readonly DialogLine[]): Promise<RunningProgram> {
  const program = await startProgram(new FakeWorld(), { columns: 140, rows: 40 });
  const dialog = { kind: 'message', id: 901, title: 'Told', lines } as const;
  program.app.store.dispatch({ type: 'dialog-opened', dialog, at: 0 });
  await sees(program, '┌ Told');
  return program;
}

/** The last text that the terminal was asked to copy. */
async function copied(program: RunningProgram): Promise<string> {
  const last = (await program.written()).split('\x1b]52;c;').at(-1)?.split('\x07')[0] ?? '';
  return Buffer.from(last, 'base64').toString();
}

describe('an error', () => {
  it('has a button for each link, line and command of its hint, and stays open', async () => {
    const program = await failing([
      `A payment method is missing: see ${BILLING}.`,
      { lead: 'Or name the bus, in bash', shellLine: LONG },
      { command: 'import', id: 'servers.age' },
    ]);
    await sees(program, /\[ Copy link \] {2}\[ Copy command 1 \] {2}\[ Copy command 2 \]/);
    // Whole on one line of the screen.
    expect(await program.text()).toContain(LONG);
    await program.press('right', 'enter');
    await sees(program, 'Copied');
    expect(await copied(program)).toBe(BILLING);
    await program.press('right', 'enter');
    expect(await copied(program)).toBe(LONG);
    await program.press('right', 'enter');
    expect(await copied(program)).toBe('portlama-tui import servers.age');
    await sees(program, '┌ Failed');
    await program.press('escape');
    await expect.poll(() => program.text()).not.toContain('┌ Failed');
  });

  it('copies a line whole that the screen is too narrow for', async () => {
    const program = await failing(
      { lead: 'Name the bus', shellLine: LONG },
      { columns: 60, rows: 18 },
    );
    expect(await program.text()).not.toContain(LONG);
    await program.press('right', 'enter');
    await sees(program, 'Copied');
    expect(await copied(program)).toBe(LONG);
  });

  it('names a key where one does it, without a button', async () => {
    const program = await failing({ command: 'servers.destroy', id: 'lab' });
    await sees(program, 'Destroy it: d on its row');
    expect(await program.text()).not.toContain('[ Copy');
  });
});

describe('a message', () => {
  it('has a button for each link as well, one that it names included', async () => {
    const program = await telling([
      `See ${BILLING}, then https://status.digitalocean.com.`,
      { url: 'https://panel.example.com/invite/abc', copy: 'Copy invitation' },
    ]);
    await sees(program, /\[ Copy link 1 \] {2}\[ Copy link 2 \] {2}\[ Copy invitation \]/);
    await program.press('right', 'right', 'enter');
    await sees(program, 'Copied');
    expect(await copied(program)).toBe('https://status.digitalocean.com');
    await program.press('right', 'enter');
    expect(await copied(program)).toBe('https://panel.example.com/invite/abc');
  });
});
