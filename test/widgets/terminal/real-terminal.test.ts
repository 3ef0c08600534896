import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ptyProgram, type PtyProgram } from '../../fixtures/terminal/pty-program.js';

const DEMO = join(import.meta.dirname, '../../fixtures/terminal/demo-program.mjs');
const programs: PtyProgram[] = [];

/** The demo under a shell that shows afterwards how the terminal was left. */
function underShell(): PtyProgram {
  const script = `printf 'before\\n'; '${process.execPath}' '${DEMO}'; echo "ended with $?"; stty -a`;
  return start('/bin/sh', '-c', script);
}

function start(file: string, ...args: string[]): PtyProgram {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', PS1: 'prompt$ ' };
  const program = ptyProgram({ command: [file, ...args], env });
  programs.push(program);
  return program;
}

afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.kill()));
});

async function expectGivenBack(program: PtyProgram, code: number): Promise<void> {
  const screen = await program.waitFor(/ended with \d+[^]*;/);
  await program.waitForExit();
  expect(screen).toMatch(/^before\n/);
  expect(screen).toContain(`ended with ${code}`);
  expect(await program.screen()).not.toMatch(/-(echo|icanon|isig|icrnl)\b/);
  expect(program.emulator.alternate).toBe(false);
  expect(program.emulator.cursorHidden).toBe(false);
  expect(program.emulator.modes).toMatchObject({
    bracketedPasteMode: false,
    mouseTrackingMode: 'none',
    sendFocusMode: false,
    applicationCursorKeysMode: false,
  });
}

describe('a real terminal', () => {
  it('is given back after quitting', async () => {
    const program = underShell();
    await program.waitFor('first row');
    expect(program.emulator.alternate).toBe(true);
    program.press('q');
    await expectGivenBack(program, 0);
  });

  it('has its picture taken once a new size is drawn, however late', async () => {
    const program = start(process.execPath, DEMO);
    await program.waitFor('size: 80x24');
    program.signal('SIGSTOP');
    program.resize(100, 30);
    expect(await program.waitForQuiet(20)).toContain('size: 80x24');
    const picture = program.waitForPicture(20, 200);
    expect(await program.waitForQuiet(20)).toContain('size: 80x24');
    program.signal('SIGCONT');
    expect(await picture).toContain('size: 100x30');
  });

  it('is given back after an uncaught error, with its message on the main screen', async () => {
    const program = underShell();
    await program.waitFor('first row');
    program.press('x');
    await expectGivenBack(program, 1);
    expect(await program.screen()).toContain('failed: on purpose');
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('is given back after %s', async (signal) => {
    const program = underShell();
    await program.waitFor('first row');
    const numbers = { SIGTERM: 15, SIGHUP: 1, SIGINT: 2 };
    program.press('p');
    await program.waitFor('keys: p');
    process.kill(await childOf(program.pid), signal);
    await expectGivenBack(program, 128 + numbers[signal]);
  });

  it('reads keys, sequences in two packets and pastes', async () => {
    const program = start(process.execPath, DEMO);
    await program.waitFor('first row');
    program.press('down', 'G', 'home', 'shift-tab', 'ctrl-a', 'é');
    program.press('\x1b');
    await new Promise((resolve) => setTimeout(resolve, 5));
    program.press('[A', '\x1b[24;80R', 'j');
    program.paste('x'.repeat(10_000));
    await program.waitFor('keys: down G home shift-tab ctrl-a é up j paste(10000)');
    program.press('escape');
    await program.waitFor('paste(10000) escape');
  });

  it('follows the size of the window', async () => {
    const program = start(process.execPath, DEMO);
    await program.waitFor('size: 80x24');
    program.resize(120, 40);
    await program.waitFor('size: 120x40');
    program.resize(40, 10);
    await program.waitFor('Please enlarge the terminal');
    program.resize(60, 18);
    const screen = await program.waitFor('size: 60x18');
    expect(screen.split('\n')[1]).toMatch(/^┌ List ─+┐$/);
  });

  it('is lent to the shell by Ctrl-Z and taken again by fg', async () => {
    const program = start('/bin/bash', '--norc', '--noprofile', '-i');
    await program.waitFor('prompt$');
    program.type(`'${process.execPath}' '${DEMO}'\r`);
    await program.waitFor('first row');
    program.press('down', 'ctrl-z');
    const shell = await program.waitFor(/Stopped[^]*prompt\$\s*$/);
    expect(shell).not.toContain('first row');
    expect(program.emulator.alternate).toBe(false);
    program.type('echo still $((40 + 2)) here\r');
    await program.waitFor('still 42 here');
    program.type('fg\r');
    await program.waitFor('keys: down ctrl-z');
    expect(program.emulator.alternate).toBe(true);
    program.press('j', 'q');
    await program.waitFor(/prompt\$\s*$/);
    expect(program.emulator.alternate).toBe(false);
  });
});

describe('a job that was stopped from outside', () => {
  it.each(['SIGSTOP', 'SIGTSTP'] as const)('takes the terminal again after %s', async (signal) => {
    const program = start('/bin/bash', '--norc', '--noprofile', '-i');
    await program.waitFor('prompt$');
    program.type(`'${process.execPath}' '${DEMO}'\r`);
    await program.waitFor('first row');
    process.kill(await childOf(program.pid), signal);
    await program.waitFor(/Stopped[^]*prompt\$/);
    program.type('stty -a\r');
    await program.waitFor(/ icanon/);
    program.type('fg\r');
    const screen = await program.waitFor(/keys: *│/);
    expect(screen).toMatch(/^ demo [^]*┌ List ─+┐/);
    expect(screen).not.toContain('prompt$');
    program.press('down', 'j');
    await program.waitFor('keys: down j');
    program.press('q');
    await program.waitFor(/prompt\$\s*$/);
    expect(program.emulator.alternate).toBe(false);
  });

  it('gives the screen to the shell meanwhile, where it is told before', async () => {
    const program = start('/bin/bash', '--norc', '--noprofile', '-i');
    await program.waitFor('prompt$');
    program.type(`'${process.execPath}' '${DEMO}'\r`);
    await program.waitFor('first row');
    process.kill(await childOf(program.pid), 'SIGTSTP');
    expect(await program.waitFor(/Stopped[^]*prompt\$/)).not.toContain('first row');
    expect(program.emulator.alternate).toBe(false);
  });
});

describe('Ctrl-Z where nothing could continue the program', () => {
  it('only draws anew', async () => {
    const program = start(process.execPath, DEMO);
    await program.waitFor('first row');
    program.press('ctrl-z');
    await program.waitFor('keys: ctrl-z');
    program.press('j');
    await program.waitFor('keys: ctrl-z j');
    expect(program.emulator.alternate).toBe(true);
  });
});

/** The program the shell runs. */
async function childOf(pid: number): Promise<number> {
  const { readFile } = await import('node:fs/promises');
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return Number(children.trim().split(' ')[0]);
}
