import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS, usageLine } from '../src/cli/commands/index.js';
import { EXIT_CODES } from '../src/cli/exit-codes.js';
import { GLOBAL_OPTIONS } from '../src/cli/global-options.js';
import { ENVIRONMENT } from '../src/cli/settings.js';
import { COMMANDS as KEYS } from '../src/screens/shell/keys.js';
import { keyLabel } from '../src/widgets/terminal/keys.js';
import { QUESTIONS } from './screens/fixtures/questions.js';

const ROOT = resolve(import.meta.dirname, '..');
const README = join(ROOT, 'README.md');
/** Lines that a newcomer reads. */
const README_LINES = 120;

/** Tables made from the program's own data, by the page that each is the middle of; `UPDATE_README=1` writes them. */
const TABLES: Readonly<Record<string, () => string>> = {
  commands: () =>
    table(
      ['command', 'does'],
      COMMANDS.filter(({ hidden }) => hidden !== true).map((command) => [
        `\`${usageLine(command)}\``,
        command.summary,
      ]),
    ),
  'exit-codes': () => table(['code', 'meaning'], EXIT_CODES),
  json: () =>
    table(
      ['command', '`--json` answers with'],
      COMMANDS.flatMap(({ usage, json }) =>
        json === undefined ? [] : [[`\`${usage}\``, FORMS[json.form]]],
      ),
    ),
  settings: () =>
    table(
      ['variable', 'meaning', 'without it'],
      ENVIRONMENT.map(({ name, meaning, fallback }) => [`\`${name}\``, meaning, fallback]),
    ),
  keys: () =>
    table(
      ['where', 'keys', 'what', 'name'],
      KEYS.map(({ id, context, keys, label, description }) => [
        context.replace(/^wizard-/, 'wizard: ').replaceAll('-', ' '),
        keys.length === 0
          ? `\`:\` ${String(label)}`
          : keys.map((key) => `\`${keyLabel(key, true)}\``).join(' '),
        description,
        `\`${id}\``,
      ]),
    ),
  questions: () =>
    table(
      ['question', 'keys, from the list'],
      QUESTIONS.map(({ asked, keys }) => [
        asked,
        keys.length === 0
          ? 'none: above the list'
          : keys.map((key) => `\`${keyLabel(key, true)}\``).join(' '),
      ]),
    ),
};

const FORMS = {
  object: 'one object',
  lines: 'one object a line',
  events: 'one event a line',
} as const;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function section(name: string): RegExp {
  return new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
}

function pageOf(table: string): string {
  return join(ROOT, 'docs', `${table}.md`);
}

/** Pages that people read, not only programmers. */
const PAGES = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'].map((name) =>
    join(ROOT, name),
  ),
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(ROOT, 'docs', name)),
];

/** Files of the project that a page links to or shows. */
function filesLinkedFrom(page: string): readonly string[] {
  const links = readFileSync(page, 'utf8').matchAll(/\]\(([^)#]+)[^)]*\)/g);
  return [...links]
    .map(([, target]) => target!)
    .filter((target) => !/^https?:/.test(target))
    .map((target) => resolve(dirname(page), target));
}

describe('pages', () => {
  it.each(Object.keys(TABLES))('have the %s that the program has', (name) => {
    const page = pageOf(name);
    const text = readFileSync(page, 'utf8');
    const wanted = text.replace(
      section(name),
      (_all, open: string, close: string) => `${open}\n${TABLES[name]!()}\n\n${close}`,
    );
    if (process.env['UPDATE_README'] === '1') writeFileSync(page, wanted);
    expect(section(name).test(text)).toBe(true);
    expect(readFileSync(page, 'utf8')).toBe(wanted);
  });

  it('name every option of the program', () => {
    const text = readFileSync(pageOf('commands'), 'utf8');
    const words = GLOBAL_OPTIONS.map(([flags]) => flags.split(' ')[0]!);
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter((word) => !text.includes(word))).toEqual([]);
  });

  it('link only to files that are there', () => {
    const links = PAGES.flatMap(filesLinkedFrom);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });
});

describe('README', () => {
  it('is short, and leads to every page of tables', () => {
    expect(readFileSync(README, 'utf8').split('\n').length).toBeLessThan(README_LINES);
    const pages = [...Object.keys(TABLES), 'files', 'security', 'macos'].map(pageOf);
    const linked = filesLinkedFrom(README);
    expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
  });
});
