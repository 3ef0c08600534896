import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS, usageLine } from '../src/cli/commands/index.js';
import { GLOBAL_OPTIONS } from '../src/cli/global-options.js';
import { ENVIRONMENT } from '../src/cli/settings.js';
import { COMMANDS as KEYS } from '../src/screens/shell/keys.js';
import { keyLabel } from '../src/widgets/terminal/keys.js';

const README = resolve(import.meta.dirname, '../README.md');

/** Tables of the README that are made from the program's own data; `UPDATE_README=1` writes them. */
const TABLES: Readonly<Record<string, () => string>> = {
  commands: () =>
    table(
      ['command', 'does'],
      COMMANDS.filter(({ hidden }) => hidden !== true).map((command) => [
        `\`${usageLine(command)}\``,
        command.summary,
      ]),
    ),
  settings: () =>
    table(
      ['variable', 'meaning', 'without it'],
      ENVIRONMENT.map(({ name, meaning, fallback }) => [`\`${name}\``, meaning, fallback]),
    ),
  keys: () =>
    table(
      ['where', 'keys', 'what'],
      KEYS.map(({ context, keys, description }) => [
        context.replace(/^wizard-/, 'wizard: ').replaceAll('-', ' '),
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

  it('names every option of the program', () => {
    const text = readFileSync(README, 'utf8');
    const words = GLOBAL_OPTIONS.map(([flags]) => flags.split(' ')[0]!);
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter((word) => !text.includes(word))).toEqual([]);
  });
});
