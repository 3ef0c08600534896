import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';
import { freshHome, MAIN } from '../journeys/home.js';

const LIMIT_MS = 60_000;

it.each(['doctor', 'servers', 'servers restore', 'strays'])(
  '%s prints ASCII alone where the locale has nothing else',
  async (words) => {
    const home = await freshHome();
    const { stdout, stderr } = await home.runs(words.split(' '), { LC_ALL: 'C' });
    // oxlint-disable-next-line no-control-regex -- ASCII, all of it
    expect(stdout + stderr).toMatch(/^[\x00-\x7f]+$/);
  },
  LIMIT_MS,
);

it(
  'writes no control sequence into a file behind --plain',
  async () => {
    const home = await freshHome();
    const file = join(home.path, 'session');
    const window = ptyProgram({
      command: ['/bin/sh', '-c', '"$0" "$1" --plain | tee "$2"', process.execPath, MAIN, file],
      cwd: home.path,
      env: home.environment,
    });
    onTestFinished(() => window.kill());
    await window.waitFor('in plain lines', LIMIT_MS / 2);
    await window.waitForQuiet(1_000);
    window.type('servers\r');
    await window.waitForQuiet(1_000);
    window.type('q\r');
    await window.waitForExit(LIMIT_MS / 4);
    expect(readFileSync(file, 'utf8')).not.toBe('');
    expect(readFileSync(file, 'utf8')).not.toContain('\x1b');
  },
  LIMIT_MS,
);
