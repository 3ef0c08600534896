import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_ACCOUNT, LOGGED_UNITS, SERVICES, TUNNEL_ACCESS } from '../core/product.js';
import { worldRegions } from '../services/latency/world-positions.js';
import { ownFile } from '../services/process/own-file.js';
import { likelyProgramFolder } from '../services/process/surroundings.js';

/** `completion.json`, which the build makes of the command records. */
export interface CompletionTable {
  readonly commands: readonly CompletedCommand[];
  /** Options of every command. */
  readonly options: readonly CompletedOption[];
}

interface CompletedCommand {
  /** `['servers', 'destroy']` */
  readonly words: readonly string[];
  /** Names of the arguments; one that ends in `...` takes any number of words. */
  readonly args: readonly string[];
  readonly summary: string;
  readonly options: readonly CompletedOption[];
}

interface CompletedOption {
  /** With its dashes. */
  readonly name: string;
  /** Name of its value; left out for a switch. */
  readonly value?: string;
  readonly summary: string;
}

interface Candidate {
  readonly word: string;
  readonly summary?: string;
}

/** Has the shell complete names of files. */
const FILES: readonly Candidate[] = [{ word: ':files' }];
/** A confirmation is typed by a person, and the label of a new server is a new word. */
const TYPED = new Set(['--yes', '--label']);
/** Actions of `servers power`. */
const POWER_ACTIONS: readonly string[] = ['on', 'off', 'reboot', 'cycle'];
export const SHELLS: readonly string[] = ['bash', 'zsh', 'fish'];
/** Labels that other programs wrote may hold anything; those are typed. */
const PLAIN_WORD = /^[A-Za-z0-9][\w.-]*$/;
const OPERATION_ID = /^[0-9a-f]{16}$/;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Answers a shell that completes the last of these words, which follow the program's name: one candidate a line, a tab,
 * its summary. Reads files of this machine only; empty where they cannot be read.
 */
export function completionText(words: readonly string[]): string {
  try {
    const table = JSON.parse(readFileSync(ownFile('completion.json'), 'utf8')) as CompletionTable;
    return candidates(words, table)
      .map(({ word, summary }) => `${word}\t${summary ?? ''}\n`)
      .join('');
  } catch {
    return '';
  }
}

function candidates(given: readonly string[], table: CompletionTable): readonly Candidate[] {
  // Bash makes `--region=fr` three words.
  const isAfterSign = given.at(-1) === '=';
  const words = [...given.filter((word) => word !== '='), ...(isAfterSign ? [''] : [])];
  const current = words.at(-1) ?? '';
  const line = read(words.slice(0, -1), table);
  const starting = (all: readonly Candidate[], start: string): readonly Candidate[] =>
    all === FILES ? FILES : all.filter(({ word }) => word.startsWith(start));
  if (line.awaited !== undefined) return starting(optionValues(line.awaited, line), current);
  const [name = '', ...value] = current.split('=');
  if (value.length === 0 && current.startsWith('-'))
    return starting(unusedOptions(line, table), current);
  const option = optionsOf(line, table).find((known) => known.name === name);
  if (option === undefined) return starting(wordsAfter(line, table), current);
  const values = starting(optionValues(option, line), value.join('='));
  return values === FILES
    ? FILES
    : values.map((found) => ({ ...found, word: `${name}=${found.word}` }));
}

/** An unfinished command line. */
interface Line {
  readonly isHelp: boolean;
  /** Words of the command. */
  readonly path: readonly string[];
  readonly args: readonly string[];
  readonly used: ReadonlySet<string>;
  /** Option whose value comes next. */
  readonly awaited: CompletedOption | undefined;
}

function read(words: readonly string[], table: CompletionTable): Line {
  const isHelp = words[0] === 'help';
  let line: Line = { isHelp, path: [], args: [], used: new Set(), awaited: undefined };
  for (const word of isHelp ? words.slice(1) : words) {
    if (line.awaited !== undefined) {
      line = { ...line, awaited: undefined };
    } else if (word.startsWith('-')) {
      const [name = '', value] = word.split('=');
      const known = optionsOf(line, table).find((option) => option.name === name);
      const awaited = known?.value !== undefined && value === undefined ? known : undefined;
      line = { ...line, used: new Set([...line.used, name]), awaited };
    } else if (line.args.length === 0 && below([...line.path, word], table).length > 0) {
      line = { ...line, path: [...line.path, word] };
    } else {
      line = { ...line, args: [...line.args, word] };
    }
  }
  return line;
}

/** Commands whose words begin with these. */
function below(path: readonly string[], table: CompletionTable): readonly CompletedCommand[] {
  return table.commands.filter(({ words }) => path.every((word, index) => words[index] === word));
}

function commandOf({ path }: Line, table: CompletionTable): CompletedCommand | undefined {
  return below(path, table).find(({ words }) => words.length === path.length);
}

function optionsOf(line: Line, table: CompletionTable): readonly CompletedOption[] {
  return [...(commandOf(line, table)?.options ?? []), ...table.options];
}

function unusedOptions(line: Line, table: CompletionTable): readonly Candidate[] {
  return optionsOf(line, table)
    .filter(({ name }) => !line.used.has(name))
    .map(({ name, summary }) => ({ word: name, summary }));
}

/** Next words of commands, and values of the next argument. */
function wordsAfter(line: Line, table: CompletionTable): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  const depth = line.path.length;
  for (const { words, summary } of line.args.length === 0 ? below(line.path, table) : []) {
    const word = words[depth];
    if (word === undefined || found.has(word)) continue;
    found.set(word, words.length === depth + 1 ? { word, summary } : { word });
  }
  const command = commandOf(line, table);
  if (line.isHelp || command === undefined) return [...found.values()];
  const last = command.args.at(-1);
  const next = command.args[line.args.length] ?? (last?.includes('...') === true ? last : '');
  const name = next.replaceAll(/[[\].]/g, '');
  const values = isAccount(name, line) ? accounts(homeOf(line)) : valuesOf(name, line);
  if (values === FILES) return FILES;
  return [...found.values(), ...values.filter(({ word }) => !line.args.includes(word))];
}

function optionValues({ name, value = '' }: CompletedOption, line: Line): readonly Candidate[] {
  if (name === '--account') return accounts(homeOf(line));
  return TYPED.has(name) ? [] : valuesOf(value, line);
}

function valuesOf(name: string, line: Line): readonly Candidate[] {
  const toWords = (words: readonly string[]): readonly Candidate[] =>
    words.map((word) => ({ word }));
  switch (name) {
    case 'FILE':
      return FILES;
    case 'SHELL':
      return toWords(SHELLS);
    case 'ACTION':
      return toWords(POWER_ACTIONS);
    case 'SERVICE':
      return toWords(SERVICES);
    case 'UNIT':
      return toWords(LOGGED_UNITS);
    case 'ACCESS':
      return toWords(TUNNEL_ACCESS);
    case 'REGION':
      return toWords(worldRegions());
    case 'LABEL':
      return servers(homeOf(line));
    case 'ID':
      return line.path[0] === 'operations' ? toWords(operationIds(homeOf(line))) : [];
    default:
      return [];
  }
}

/** `token add` takes a new name. */
function isAccount(name: string, { path: [first, second] }: Line): boolean {
  return name === 'NAME' && first === 'token' && second !== 'add';
}

/** Those with a name, and the default one. */
function accounts(home: string): readonly Candidate[] {
  return [DEFAULT_ACCOUNT, ...namedAccounts(home)].map((word) => ({ word }));
}

function namedAccounts(home: string): readonly string[] {
  try {
    const { accounts: all } = JSON.parse(readList(join(home, 'accounts.json'))) as {
      readonly accounts?: readonly { readonly name?: unknown }[];
    };
    const names = (all ?? []).map(({ name }) => name);
    return names.filter((name) => typeof name === 'string' && PLAIN_WORD.test(name)) as string[];
  } catch {
    return [];
  }
}

function homeOf({ used }: Line): string {
  return likelyProgramFolder(used.has('--sandbox'));
}

function servers(home: string): readonly Candidate[] {
  const list: unknown = JSON.parse(readList(join(home, 'servers.json')));
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: { readonly label?: unknown } | null) => {
    const label = entry?.label;
    return typeof label === 'string' && PLAIN_WORD.test(label) ? [{ word: label }] : [];
  });
}

/** Text of a file; throws for a link, a pipe or another thing that would hold the shell up. */
function readList(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile() || stats.size > MAX_BYTES) throw new Error(`${path} is not a list.`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function operationIds(home: string): readonly string[] {
  return readdirSync(join(home, 'operations')).filter((name) => OPERATION_ID.test(name));
}
