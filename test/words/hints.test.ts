import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS as PROGRAM_COMMANDS } from '../../src/cli/commands/index.js';
import type { CommandHint, CommandName } from '../../src/core/hint.js';
import { PROGRAM } from '../../src/core/product.js';
import { COMMANDS as SCREEN_COMMANDS } from '../../src/screens/shell/keys.js';
import {
  commandLine,
  hintLines,
  hintText,
  screenHintLines,
  screenHintText,
} from '../../src/words/hints.js';
import { USUAL_KEYS, useKeys } from '../../src/words/keys.js';

const SRC = resolve(import.meta.dirname, '../../src');
const ID = '3f2a9c0d1e5b7a68';
const REAL = { sandbox: false };
const SANDBOX = { sandbox: true };

/** Record of the full screen that does what the command does; undefined: only a command does it. */
const RECORDS: Readonly<Record<CommandName, string | undefined>> = {
  'certificate.bind': undefined,
  'certificate.import': 'servers.access',
  'certificate.renew': 'servers.certificate',
  'certificate.trust': 'servers.certificate',
  doctor: 'doctor',
  droplets: 'servers.refresh',
  'droplets.adopt': 'servers.adopt',
  'droplets.destroy': 'servers.destroy',
  import: undefined,
  regions: 'servers.create',
  operations: 'servers.refresh',
  'operations.attach': 'servers.open',
  'operations.cancel': 'provisioning.cancel',
  'operations.cleanup': 'provisioning.clean-up',
  'operations.dismiss': 'provisioning.dismiss',
  'operations.resume': 'provisioning.resume',
  provision: 'servers.create',
  'provision.again': 'provisioning.retry',
  'provision.elsewhere': 'servers.create',
  servers: 'servers.refresh',
  'servers.activate': 'servers.activate',
  'servers.agents': 'servers.team',
  'servers.agents.download': 'servers.team',
  'servers.destroy': 'servers.destroy',
  'servers.domain': undefined,
  'servers.onboard': 'servers.set-up',
  'servers.power': 'servers.power',
  'servers.recover': 'servers.recover',
  'servers.remove': 'servers.remove',
  'servers.tunnels': 'servers.team',
  'servers.users.two-factor': 'servers.team',
  sizes: 'servers.create',
  'token.add': 'accounts',
  'token.list': 'accounts',
  'token.set': 'servers.create',
  'token.use': 'accounts',
  'vault.init': 'secrets',
  'vault.move-to-os': 'secrets',
  'vault.move-to-vault': 'secrets',
  'vault.passphrase': 'secrets',
};
const NAMES = Object.keys(RECORDS) as CommandName[];

function hintOf(command: CommandName): CommandHint {
  if (command === 'provision.again') return { command, label: 'lab', region: 'fra1' };
  if (command === 'provision.elsewhere') return { command, label: 'lab' };
  if (command === 'servers.domain') return { command, id: ID, domain: 'lab.example.com' };
  if (command === 'servers.power') return { command, id: ID, action: 'on' };
  if (command === 'servers.agents.download') return { command, id: ID, agent: 'laptop' };
  return { command, id: ID } as CommandHint;
}

describe.each(NAMES)('%s', (command) => {
  it('is a command of the program', () => {
    const words = command
      .replace(/^provision\..*/, 'provision')
      .replaceAll('.', ' ')
      .split(' ');
    const usages = PROGRAM_COMMANDS.map(({ usage }) => usage.split(' '));
    const usage = usages.find((each) => words.every((word, index) => each[index] === word));
    expect(usage).toBeDefined();
    const line = commandLine(hintOf(command), REAL);
    expect(line.startsWith(`portlama-tui ${words.join(' ')}`)).toBe(true);
    expect(commandLine(hintOf(command), SANDBOX)).toBe(
      line.replace('portlama-tui ', 'portlama-tui --sandbox '),
    );
  });

  it('is named by a key that does it, or by its line', () => {
    const [line] = screenHintLines(hintOf(command), SANDBOX);
    const record = RECORDS[command];
    if (record === undefined) {
      expect(line).toContain(commandLine(hintOf(command), SANDBOX));
      return;
    }
    const keys = SCREEN_COMMANDS.filter(({ id }) => id === record).flatMap((each) => each.keys);
    const key = /: (\S+?)(?:,| on | in |$)/.exec(line ?? '')?.[1] ?? '';
    expect(keys.map((each) => each.toLowerCase())).toContain(key.toLowerCase());
  });
});

describe('a hint', () => {
  const HINT = [
    'It is interrupted.',
    { command: 'operations.resume', id: ID },
    { lead: 'Or remove what it created', command: 'operations.cleanup', id: ID },
  ] as const;

  it('names commands as they are typed', () => {
    expect(hintLines(HINT, SANDBOX)).toEqual([
      'It is interrupted.',
      `Resume it: portlama-tui --sandbox operations resume ${ID}`,
      `Or remove what it created: portlama-tui --sandbox operations cleanup ${ID}`,
    ]);
  });

  it('names keys on the full screen', () => {
    expect(screenHintText(HINT, SANDBOX)).toBe(
      'It is interrupted. Resume it: u on its page. Or remove what it created: c on its page',
    );
  });

  it('quotes what a shell could read more into', () => {
    expect(hintText({ command: 'servers.remove', id: 'a b' }, REAL)).toBe(
      "Remove it from the list: portlama-tui servers remove 'a b'",
    );
  });
});

describe('keys in sentences', () => {
  it('are those of the commands', () => {
    for (const [id, key] of Object.entries(USUAL_KEYS)) {
      const keys = SCREEN_COMMANDS.filter((each) => each.id === id).flatMap((each) => each.keys);
      const shown = keys.map((each) => (each === 'enter' ? 'Enter' : each));
      expect(shown, id).toContain(key);
    }
  });

  it('follow a person’s own', () => {
    useKeys({ 'servers.destroy': 'Z', doctor: 'F2' });
    try {
      expect(screenHintLines({ command: 'servers.destroy', id: 'lab' }, REAL)).toEqual([
        'Destroy it: Z on its row',
      ]);
      expect(screenHintLines({ command: 'doctor' }, REAL)).toEqual(['Diagnose with: F2']);
    } finally {
      useKeys({});
    }
  });

  it('are asked for, never spelt', () => {
    const spelt = [
      /[^`]*\b[Pp]ress [A-Za-z][ ,.'`)]/,
      /\b[A-Za-z] on (?:its|the) (?:row|page|server)\b/,
      /\b(?:with|then) [A-Za-z] (?:on|in|to)\b/,
      /[a-z] \([a-zA-Z]\) (?:tries|or|for)/,
      /'[^']*; [A-Za-z] (?:makes|takes) [^']*'/,
    ];
    const folders = ['words', 'screens', 'app', 'usecases'];
    const found = folders.flatMap((folder) =>
      readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .flatMap((path) =>
          readFileSync(join(SRC, folder, path), 'utf8')
            .split('\n')
            .filter((line) => !COMMENT.test(line) && spelt.some((words) => words.test(line)))
            .map((line) => `${folder}/${path}: ${line.trim()}`),
        ),
    );
    expect(found).toEqual(FIXED);
  });
});

/** Keys that no one can change: a widget takes letters there. */
const FIXED = [
  "screens/create-server/region.part.ts: return [first, ...(error.hint === undefined ? [] : [error.hint]), 'Press r to try again.'];",
  "screens/overlays/doctor.ts: : join([`${summary(findings)}. `, style('muted', 'Press r to check again.')]);",
];

const SERVICES = resolve(import.meta.dirname, '../../src/services');
const COMMENT = /^\s*(?:\/\/|\/\*|\*)/;
/** A command line of the program, a key with its place, and words for a face that not every reader has. */
const OF_A_FACE = [
  /\$\{PROGRAM\} [a-z-]/,
  /\b[A-Za-z] on its (?:row|page)\b/,
  /\b[Pp]ress (?:[A-Za-z]|Enter|Esc)\b/,
  /(?:look at|in) the (?:servers )?list(?: again| instead)\./,
  /\bin the servers list\b/,
  /\b(?:[Aa]ttach|[Cc]lean (?:it )?up|[Rr]esume)\b[^'`]*\.['`]/,
];

describe('services', () => {
  it('name no command and no key of the program', () => {
    const files = readdirSync(SERVICES, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.ts') && !path.endsWith('.sh.ts'),
    );
    expect(files.length).toBeGreaterThan(50);
    const named = files.flatMap((path) =>
      readFileSync(join(SERVICES, path), 'utf8')
        .split('\n')
        .filter((line) => !COMMENT.test(line) && OF_A_FACE.some((words) => words.test(line)))
        .map((line) => `${path}: ${line.trim()}`),
    );
    expect(named).toEqual([]);
  });
});

it('no text spells a command: only data says in which world it is typed', () => {
  const groups = new Set(PROGRAM_COMMANDS.map(({ usage }) => usage.split(' ')[0]));
  const spelt = new RegExp(`(?:\\$\\{PROGRAM\\}|${PROGRAM}) (?:${[...groups].join('|')})\\b`);
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const lines = files.flatMap((path) =>
    readFileSync(join(SRC, path), 'utf8')
      .split('\n')
      .filter((line) => spelt.test(line) && !COMMENT.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(lines).toEqual([]);
});
