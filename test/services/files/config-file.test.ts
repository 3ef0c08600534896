import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../src/services/files/config-file.js';
import type { Config } from '../../../src/core/config.js';
import { temporaryFolder } from '../../fixtures/temporary-folder.js';

async function read(text: string): Promise<Config> {
  const home = await temporaryFolder();
  await writeFile(join(home, 'config.toml'), text);
  return (await readConfigFile(home))!;
}

describe('the file with colours and keys', () => {
  it('may be missing', async () => {
    expect(await readConfigFile(await temporaryFolder())).toBeUndefined();
  });

  it('is read as the documentation shows it', async () => {
    const page = await readFile(resolve(import.meta.dirname, '../../../docs/settings.md'), 'utf8');
    const example = /```toml\n([^]*?)```/.exec(page)?.[1] ?? '';
    expect(await read(example)).toMatchObject({
      theme: 'dark',
      mouse: false,
      colours: { accent: { fg: 81 }, warn: { fg: 214 }, selected: { fg: 231, bg: 54, flags: 1 } },
      keys: { 'servers.refresh': ['f5'], 'servers.destroy': ['X', 'delete'] },
      problems: [],
    });
  });

  it('takes names of commands in quotes, and tables of them', async () => {
    const { keys, problems } = await read(
      '[keys]\n"servers.panel" = "o"\n[keys.wizard]\nx = ["y"]\n',
    );
    expect(keys).toEqual({ 'servers.panel': ['o'], 'wizard.x': ['y'] });
    expect(problems).toEqual([]);
  });

  it.each([
    ['theme = "drak"', 'Line 1: theme must be one of auto, dark, light, high-contrast.'],
    ['\nmouse = "no"', 'Line 2: mouse must be one of true, false.'],
    ['teme = "dark"', 'Line 1: There is no setting "teme"; the nearest is "theme".'],
    ['[colors]\nok = 2', 'Line 1: There is no setting "colors"; the nearest is "colours".'],
    ['[colours]\n\nacent = 2', 'Line 3: There is no setting "acent"; the nearest is "accent".'],
    ['[colours]\nok = 300', 'Line 2: The colour ok must be a number from 0 to 255, or "#rrggbb".'],
    ['[colours]\nok = { fg = 2 }', /^Line 2: There is no setting "fg"; there are text/],
    ['[colours]\nok = "green"', /^Line 2: The colour ok must be/],
    ['colours = 3', 'Line 1: colours must be a table: [colours].'],
    ['[keys]\nservers.panel = 3', /^Line 2: The keys of servers.panel must be a string/],
    ['theme = "dark', /^Line 1, column \d+: .+\.$/],
    ['theme = "dark"\ntheme = "light"', /^Line 2, column \d+: .+\.$/],
  ])('says what is wrong in %j', async (text, problem) => {
    const { problems } = await read(text);
    expect(problems).toEqual([
      expect.stringMatching(problem instanceof RegExp ? problem : literal(problem)),
    ]);
  });

  it('keeps what is right beside what is wrong', async () => {
    const config = await read('theme = "light"\nx = 1\n[colours]\nok = 2\nno = 3\n');
    expect(config).toMatchObject({ theme: 'light', colours: { ok: { fg: 2 } } });
    expect(config.problems).toHaveLength(2);
  });

  it('may be no file, or no settings at all', async () => {
    const home = await temporaryFolder();
    await mkdir(join(home, 'config.toml'));
    expect((await readConfigFile(home))?.problems).toEqual([
      'It cannot be read: it is not a file.',
    ]);
    expect((await read('x'.repeat(70_000))).problems).toEqual([
      'It cannot be read: it is larger than 64 KiB.',
    ]);
  });
});

function literal(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`);
}
