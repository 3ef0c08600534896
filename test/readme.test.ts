import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMAND_TABLE } from '../src/cli/command-table.js';
import { helpText } from '../src/cli/help.js';
import { ENVIRONMENT } from '../src/cli/settings.js';
import { COMMANDS } from '../src/screens/shell/keys.js';
import { keyLabel } from '../src/widgets/terminal/keys.js';

const README = resolve(import.meta.dirname, '../README.md');

/** Tables of the README that are made from the program's own data; `UPDATE_README=1` writes them. */
const TABLES: Readonly<Record<string, () => string>> = {
  commands: () =>
    table(
      ['command', 'does'],
      COMMAND_TABLE.map(({ usage, meaning }) => [`\`${usage}\``, meaning]),
    ),
  settings: () =>
    table(
      ['variable', 'meaning', 'without it'],
      ENVIRONMENT.map(({ name, meaning, fallback }) => [`\`${name}\``, meaning, fallback]),
    ),
  keys: () =>
    table(
      ['where', 'keys', 'what'],
      COMMANDS.map(({ context, keys, description }) => [
        context.replace(/^wizard-/, 'wizard: ').replace('-', ' '),
        keys.map((key) => `\`${keyLabel(key, true)}\``).join(' '),
        description,
      ]),
    ),
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function section(name: string): RegExp {
  return new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
}

describe('README', () => {
  it.each(Object.keys(TABLES))('has the %s that the program has', (name) => {
    const text = readFileSync(README, 'utf8');
    const wanted = text.replace(
      section(name),
      (_all, open: string, close: string) => `${open}\n${TABLES[name]!()}\n\n${close}`,
    );
    if (process.env['UPDATE_README'] === '1') writeFileSync(README, wanted);
    expect(section(name).test(text)).toBe(true);
    expect(readFileSync(README, 'utf8')).toBe(wanted);
  });

  it('names every option of --help', () => {
    const text = readFileSync(README, 'utf8');
    const words = helpText()
      .match(/^ {2}(--[a-z-]+)/gm)!
      .map((word) => word.trim());
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter((word) => !text.includes(word))).toEqual([]);
  });
});
