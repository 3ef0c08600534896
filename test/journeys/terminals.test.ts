import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FOREIGN_LABELS } from '../fixtures/foreign-labels.js';
import { TERMS } from '../fixtures/terminal/terms.js';
import { freshHome, type Home, MAIN, run } from './home.js';
import { aPerson, type Person } from './person.js';

const PROGRAM = `'${process.execPath}' '${MAIN}' --sandbox`;

describe('starts, draws and gives the terminal back', () => {
  it.each(TERMS)('with TERM=%s', async (term, corner) => {
    const person = await aPerson();
    await person.home.hasServers('lab');
    const set = term === undefined ? 'unset TERM' : `TERM=${term}`;
    opensInAShell(person, `${set}; export TERM; ${PROGRAM}`);
    await person.sees(/lab +ACTIVE +online/, '1 server');
    const [title, top] = await person.terminal.lines();
    expect(title).toMatch(/^ portlama [›>] Servers/);
    expect(top?.[0]).toBe(corner);
    person.presses('down', 'q');
    await isGivenBack(person);
    // What a library would say of a terminal it does not know.
    expect(person.terminal.output).not.toMatch(/terminfo|cap_|warning|Error/i);
  });
});

describe('a terminal without colours and without UTF-8', () => {
  it('shows a server being made in ASCII alone, and in no colour', async () => {
    const person = await aPerson({ env: { NO_COLOR: '1', LANG: 'C' }, delays: 0.1 });
    person.opens();
    await person.sees('No servers yet', '> n');
    person.presses('n');
    await person.sees('leave empty to use it');
    person.presses('enter');
    await person.sees('> Next <', '* token is valid');
    person.presses('enter');
    await person.sees('Frankfurt 1', 'no measurement');
    person.presses('enter');
    await person.sees('This will be created');
    person.types('lab');
    await person.sees(/Server +lab /);
    person.presses('enter');
    await person.sees('> Create server <');
    person.presses('enter');
    await person.sees('* Validating token', 'o Cleaning up');
    await person.sees('> Done <', 'lab is ready and active.');
    person.presses('enter');
    await person.sees(/\* +lab +ACTIVE +online/);
    person.presses('?');
    await person.sees('Keys');
    person.presses('escape');
    await person.seesNoMore('Keys');
    person.presses('d');
    await person.sees('Destroy lab?', '> No <');
    person.presses('escape');
    await person.seesNoMore('Destroy lab?');
    person.presses('q');
    await person.isBack();
    const { output } = person.terminal;
    // oxlint-disable-next-line no-control-regex -- ASCII, all of it
    expect(output).toMatch(/^[\x00-\x7f]*$/);
    // oxlint-disable-next-line no-control-regex -- SGR with a colour, of 8, 16 or 256
    expect(output).not.toMatch(/\x1b\[(\d+;)*([34][0-8]|9\d|10[0-7])(;\d+)*m/);
  });
});

describe('inside tmux', () => {
  it('starts, copies, follows the size and gives the pane back', async () => {
    const home = await freshHome();
    await home.hasServers('lab');
    const [lab] = await home.servers();
    const person = await aPerson({ home });
    const tmux = tmuxOf(home);
    person.opensTerminalWith([...tmux.command, 'new-session', 'exec sh']);
    await person.sees(/[$#] *$/m);
    await tmux.says(['set', '-g', 'status', 'off', ';', 'set', '-g', 'set-clipboard', 'on']);
    person.terminal.type(`clear; ${PROGRAM}; echo "ended with $?"\r`);
    await person.sees(/lab +ACTIVE +online/, '┌ Servers', '? help');
    expect(await tmux.says(['display', '-p', '#{pane_width}x#{pane_height}'])).toBe('80x24\n');
    expect(await tmux.says(['display', '-p', '#{alternate_on}'])).toBe('1\n');

    person.presses('y');
    await person.sees('Copied (if the terminal allows it)');
    expect(await tmux.says(['show-buffer'])).toBe(lab!.panelUrl);
    const base64 = Buffer.from(lab!.panelUrl).toString('base64');
    // And out of tmux, to whatever it runs in.
    await person.terminal.waitFor(() => person.terminal.output.includes(`;${base64}`));

    person.resizes(120, 40);
    await person.sees('┌ lab ─', 'Latency');
    person.resizes(50, 12);
    await person.sees('Please enlarge the terminal');
    person.resizes(80, 24);
    await person.sees(/lab +ACTIVE +online/, '? help');
    person.presses('q');
    await person.sees('ended with 0');
    await person.doesNotSee('Servers');
    const state = '#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{keypad_cursor_flag}';
    expect(await tmux.says(['display', '-p', state])).toBe('0 1 0 0\n');
  });
});

describe('names from elsewhere', () => {
  it.each([
    [80, 24],
    [120, 40],
  ])('never break a border, at %ix%i', async (columns, rows) => {
    const home = await freshHome();
    await home.hasServers('lab');
    await writeFile(join(home.portlama, 'servers.json'), JSON.stringify(FOREIGN_LABELS.map(entry)));
    const person = await aPerson({ home, columns, rows });
    person.opens();
    await person.sees('10 servers', '東京サーバー');
    for (const label of FOREIGN_LABELS) {
      await person.terminal.waitForQuiet();
      await bordersAreWhole(person, columns, rows, label);
      person.presses('down');
    }
    person.presses('g', 'd');
    await person.sees('Remove ', '› No ‹');
    person.presses('escape');
    await person.seesNoMore('› No ‹');
    // oxlint-disable-next-line no-control-regex -- what the labels carry
    expect(person.terminal.output).not.toMatch(/\x1b\[31m|\x1b\[2J\x07|\x9b|\u202e|\u2067/);
    person.presses('q');
    await person.isBack();
  });
});

function entry(label: string, index: number) {
  return {
    id: `6b0a4a5e-6a3b-4d52-9a0e-2f1f9f0f7c${10 + index}`,
    label,
    panelUrl: `https://203.0.113.${200 + index}:9292`,
    ip: `203.0.113.${200 + index}`,
    createdAt: '2026-01-05T10:00:00.000Z',
    active: index === 0,
    authMethod: 'p12',
  };
}

/** Every row of the list, and of the pane beside it, between its two border cells. */
async function bordersAreWhole(
  person: Person,
  columns: number,
  rows: number,
  label: string,
): Promise<void> {
  const { emulator } = person.terminal;
  const top = emulator.lines()[1]!;
  expect(top, label).toMatch(/^┌.*┐$/);
  const sides = columns > 110 ? [0, 71, 72, columns - 1] : [0, columns - 1];
  // Above the footer there are two messages, or two lines of notes where there is no second pane.
  const bottom = columns > 110 ? rows - 3 : rows - 4;
  for (let y = 2; y < bottom; y += 1) {
    const cells = sides.map((x) => emulator.cellAt(x, y).chars).join('');
    expect(cells, `row ${y} with ${JSON.stringify(label)} selected`).toBe('│'.repeat(sides.length));
  }
}

/** The program under a shell that shows afterwards how the terminal was left. */
function opensInAShell(person: Person, command: string): void {
  const script = `printf 'before\\n'; ${command}; echo "ended with $?"; stty -a`;
  person.opensTerminalWith(['/bin/sh', '-c', script]);
}

async function isGivenBack(person: Person): Promise<void> {
  await person.isBack();
  const screen = await person.terminal.screen();
  expect(screen).toMatch(/^before\nended with 0\n/);
  expect(screen).not.toMatch(/-(echo|icanon|isig|icrnl)\b/);
  const { emulator } = person.terminal;
  expect(emulator.alternate).toBe(false);
  expect(emulator.cursorHidden).toBe(false);
  expect(emulator.modes).toMatchObject({
    bracketedPasteMode: false,
    mouseTrackingMode: 'none',
    sendFocusMode: false,
    applicationCursorKeysMode: false,
  });
}

/** A server of its own, on a socket in the home: gone with it. */
function tmuxOf(home: Home) {
  const command = ['/usr/bin/tmux', '-S', join(home.path, 'tmux'), '-f', '/dev/null'] as const;
  return {
    command,
    async says(words: readonly string[]): Promise<string> {
      const { stdout, stderr } = await run([...command, ...words], home.path, home.environment);
      expect(stderr).toBe('');
      return stdout;
    },
  };
}
