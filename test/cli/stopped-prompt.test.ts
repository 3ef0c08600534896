import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { ptyProgram } from '../fixtures/terminal/pty-program.js';
import { freshHome, MAIN } from '../journeys/home.js';

const LIMIT_MS = 60_000;

it(
  'shows no secret that is typed after the job was stopped from outside',
  async () => {
    const home = await freshHome();
    const shell = ptyProgram({
      command: ['/bin/bash', '--norc', '--noprofile', '-i'],
      cwd: home.path,
      env: { ...home.environment, PS1: 'shell$ ' },
    });
    onTestFinished(() => shell.kill());
    await shell.waitFor('shell$');
    shell.type(`'${process.execPath}' '${MAIN}' vault init\r`);
    await shell.waitFor(/passphrase.*: ?$/im, LIMIT_MS);
    const children = readFileSync(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8');
    process.kill(Number(children.trim().split(' ')[0]), 'SIGSTOP');
    await shell.waitFor(/Stopped[^]*shell\$/);
    shell.type('fg\r');
    await shell.waitForQuiet();
    shell.type('a secret of mine');
    await shell.waitForQuiet();
    expect(shell.output).not.toContain('a secret');
  },
  LIMIT_MS,
);
