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
    // As a shell sees it: a second SIGHUP may come while it ends by the first.
    const { exitCode, exitSignal } = program;
    expect(exitSignal ? 128 + exitSignal : exitCode).toBe(129);
  },
  LIMIT_MS,
);
