import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const COMMANDS = [['servers'], ['doctor'], ['vault', 'status'], ['--plain'], ['operations']];

describe('a home folder that others may write to', () => {
  it.each(COMMANDS)('is not opened by %s %s', async (...args) => {
    const home = join(await temporaryFolder(), 'home');
    await mkdir(home);
    await chmod(home, 0o777);
    const shown = await runProgram(args, { env: { HOME: home, PORTLAMA_HOME: home } });
    expect(shown).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^portlama-tui: Others may write to .* \(mode 0777\), and could .*\n {2}If nobody has, run: chmod /,
      ) as string,
    });
  });
});
