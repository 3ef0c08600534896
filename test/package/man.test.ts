import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { GLOBAL_OPTIONS } from '../../src/cli/global-options.js';
import { ENVIRONMENT } from '../../src/cli/settings.js';

const PAGE = resolve(import.meta.dirname, '../../man/portlama-tui.1');
const MAN = '/usr/bin/man';
const MANDOC = '/usr/bin/mandoc';
const run = promisify(execFile);

/** The page as man(7) would show it, hyphens and fonts undone. */
function text(): string {
  return readFileSync(PAGE, 'utf8')
    .replaceAll(/\\f[BIR]/g, '')
    .replaceAll(/\\-/g, '-')
    .replaceAll('\\(cq', '’')
    .replaceAll('\\(ti', '~')
    .replaceAll('\\(aq', "'")
    .replaceAll('\\&...', '…');
}

it('has every command, option, example and variable that the program has', () => {
  const page = text();
  const shown = COMMANDS.filter(({ hidden }) => hidden !== true);
  const wanted = [
    ...shown.map(({ usage }) => `.SS "${usage}"`),
    ...shown.map(({ summary }) => `${summary}.`),
    ...shown.flatMap(({ examples }) => examples.map((example) => `portlama-tui ${example}`)),
    ...shown.flatMap(({ options = {} }) =>
      Object.entries(options).map(([name, { value }]) =>
        ['\n--', name, value === undefined ? '' : ` ${value}`, '\n'].join(''),
      ),
    ),
    ...GLOBAL_OPTIONS.map(([flags]) => `\n${flags.replaceAll(/[<>]/g, '')}\n`),
    ...ENVIRONMENT.map(({ name }) => `\n${name}\n`),
  ];
  expect(wanted.length).toBeGreaterThan(100);
  expect(wanted.filter((words) => !page.includes(words))).toEqual([]);
});

it('has examples of each command that begin with it, as the program is put before them', () => {
  const wrong = COMMANDS.flatMap(({ usage, examples }) => {
    const words = usage.replace(/ \[?[A-Z].*/, '');
    return examples.filter((example) => !`${example} `.startsWith(`${words} `));
  });
  expect(wrong).toEqual([]);
});

it.skipIf(!existsSync(MAN))('is formatted by man without a warning', async () => {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', MANWIDTH: '80' };
  const { stdout, stderr } = await run(MAN, ['--warnings', '-l', PAGE], { env });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^ +servers destroy LABEL\.\.\.$/m);
  expect(stdout).toMatch(/^ +PORTLAMA_HOME$/m);
  expect(stdout).toMatch(/^ +portlama-tui completion zsh > ~\/\.zfunc\/_portlama-tui$/m);
});

it.skipIf(!existsSync(MANDOC))(
  'is right by mandoc, but for its date, which no build may have',
  async () => {
    const { stdout } = await run(MANDOC, ['-T', 'lint', '-W', 'warning', PAGE]).catch(
      (error: { readonly stdout: string }) => error,
    );
    const complaints = stdout.split('\n').filter((words) => words !== '');
    expect(complaints.filter((words) => !words.includes('missing date'))).toEqual([]);
  },
);
