import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';
import { freshHome, MAIN } from '../journeys/home.js';

const LIMIT_MS = 60_000;

it(
  'ends with 129 and without a word when its terminal goes away',
  async () => {
    const home = await freshHome();
    const said = join(home.path, 'said');
    const program = ptyProgram({
      command: ['/bin/sh', '-c', `exec "$0" "$1" --sandbox 2>"$2"`, process.execPath, MAIN, said],
      env: home.environment,
    });
    onTestFinished(() => program.kill());
    await program.waitFor('No servers yet', LIMIT_MS);
    await program.hangUp();
    expect(readFileSync(said, 'utf8')).toBe('');
    expect([program.exitCode, program.exitSignal ?? 0]).toEqual([129, 0]);
  },
  LIMIT_MS,
);
