import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onlySwitches } from '../../src/cli/global-options.js';
import { readSettings } from '../../src/cli/settings.js';
import type { Config } from '../../src/core/config.js';
import { loadConfig } from '../../src/main/config.js';
import { runProgram } from '../fixtures/program.js';
import { temporaryFolder } from '../fixtures/temporary-folder.js';

const FILE: Config = {
  path: '/home/ops/.portlama/config.toml',
  theme: 'light',
  mouse: false,
  colours: {},
  keys: {},
  problems: [],
};

function settings(argv: readonly string[], environment: NodeJS.ProcessEnv = {}, theme?: string) {
  const options = { ...onlySwitches(argv)!, theme };
  return readSettings(options, { HOME: '/home/ops', ...environment }, false, FILE);
}

describe('the file with colours and keys', () => {
  it('comes after the environment, and that after the command line', () => {
    expect(settings([]).theme).toBe('light');
    expect(settings([], { PORTLAMA_THEME: 'dark' }).theme).toBe('dark');
    expect(settings([], { PORTLAMA_THEME: 'dark' }, 'auto').theme).toBe('auto');
    expect(() => settings([], {}, 'drak')).toThrow('--theme must be one of auto, dark');
    expect(() => settings([], { PORTLAMA_THEME: 'x' })).toThrow('PORTLAMA_THEME must be one of');
  });

  it('leaves the mouse to the terminal, but not in the sandbox, which takes colours and keys', () => {
    expect(settings([]).mouse).toBe(false);
    expect(settings(['--sandbox'])).toMatchObject({ mouse: true, theme: 'light' });
    expect(settings(['--sandbox', '--no-mouse']).mouse).toBe(false);
    expect(settings(['--sandbox'], { PORTLAMA_NO_MOUSE: '1' }).mouse).toBe(false);
  });

  it('names unknown commands with the nearest one, and keeps what is right', async () => {
    const home = await temporaryFolder();
    await writeFile(
      join(home, 'config.toml'),
      '[keys]\nservers.destry = "X"\nservers.edit = "E"\nservers.panel = ["p", "Enter"]\n',
    );
    const config = await loadConfig(home);
    expect(config?.keys).toEqual({ 'servers.edit': ['E'] });
    expect(config?.problems).toEqual([
      'There is no command "servers.destry"; the nearest is "servers.destroy".',
      expect.stringContaining('servers.panel: "Enter" is not a key'),
    ]);
  });

  it('is checked by a command, whose exit code says if something is wrong', async () => {
    const HOME = await temporaryFolder();
    const home = join(HOME, '.portlama');
    const path = join(home, 'config.toml');
    const check = (...words: readonly string[]) =>
      runProgram(['config', ...words], { env: { HOME, PORTLAMA_KEYSTORE: 'session' } });
    expect(await check('path')).toMatchObject({ exitCode: 0, stdout: `${path}\n` });
    expect(await check('check')).toMatchObject({
      exitCode: 0,
      stdout: `There is no ${path}: all colours and keys have their defaults.\n`,
    });
    await mkdir(home, { recursive: true, mode: 0o700 });
    await writeFile(path, 'theme = "dark"\n[colours]\nacent = 3\n');
    const wrong = await check('check');
    expect(wrong).toMatchObject({ exitCode: 1 });
    expect(wrong.stdout).toBe(
      `${path}: 1 problem.\n  Line 3: There is no setting "acent"; the nearest is "accent".\n`,
    );
    const answer = await check('check', '--json');
    expect(JSON.parse(answer.stdout)).toMatchObject({
      path,
      exists: true,
      problems: [expect.stringContaining('acent')],
    });
  });
});
