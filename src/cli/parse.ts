import { Command as Parser, CommanderError, Option as ParserOption } from 'commander';
import { InputError, quoted } from '../core/errors.js';
import { PROGRAM } from '../core/product.js';
import { shellWord } from '../core/shell-word.js';
import type { Call, Command } from './commands/command.js';
import { COMMANDS } from './commands/index.js';
import { EXIT_CODES } from './exit-codes.js';
import { GLOBAL_OPTIONS, type GlobalOptions, globalOptions } from './global-options.js';
import { holdsToken, leakedToken } from './leaked-token.js';
import { HELP_COLUMNS } from './quick.js';
import { ENVIRONMENT, requireFileName } from './settings.js';

export type Invocation = GlobalOptions &
  (
    | { readonly kind: 'screen' }
    | { readonly kind: 'version' }
    | { readonly kind: 'help'; readonly text: string }
    | {
        readonly kind: 'command';
        readonly command: Command;
        readonly call: Omit<Call, 'world'>;
      }
  );

/** Reads the command line. Throws InputError for anything that is not understood. */
export function parseArguments(given: readonly string[]): Invocation {
  if (given.some(holdsToken)) throw leakedToken('It');
  // `help servers destroy`: the parser's own help command knows one word only.
  const at = given.findIndex((word) => !word.startsWith('-'));
  const argv = given[at] === 'help' ? [...given.toSpliced(at, 1), '--help'] : given;
  let chosen: { command: Command; call: Omit<Call, 'world'> } | undefined;
  const help: string[] = [];
  let isVersion = false;
  const root = rootParser(
    (command, call) => (chosen = { command, call }),
    (text) => help.push(text),
  );
  if (!hasOwnVersion(argv)) root.option('-V, --version', 'Print the version');
  root.allowExcessArguments(true).action(() => {
    if (root.args.length > 0) throw unknownWord(root, []);
  });
  try {
    root.parse(argv, { from: 'user' });
    isVersion = root.opts()['version'] === true;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (help.length === 0) throw misunderstood(error, pathOf(argv, root));
  }
  const options = globalOptions(root.opts());
  if (help.length > 0) {
    requireKnownWords(root, argv);
    return { ...options, kind: 'help', text: help.join('') };
  }
  if (isVersion) return { ...options, kind: 'version' };
  return chosen === undefined
    ? { ...options, kind: 'screen' }
    : {
        ...options,
        sandbox: options.sandbox || chosen.command.isSandbox === true,
        kind: 'command',
        ...chosen,
      };
}

/** True for a command with an option of this name, which the parser would take for the program's. */
function hasOwnVersion(argv: readonly string[]): boolean {
  const said = ` ${argv.filter((word) => !word.startsWith('-')).join(' ')} `;
  return COMMANDS.some(
    ({ usage, options }) =>
      options?.['version'] !== undefined && said.includes(` ${wordsOf(usage).join(' ')} `),
  );
}

/** Words of a command, without its arguments. */
function wordsOf(usage: string): readonly string[] {
  return usage.split(' ').filter((word) => word === word.toLowerCase());
}

type OnCommand = (command: Command, call: Omit<Call, 'world'>) => void;

function rootParser(onCommand: OnCommand, onHelp: (text: string) => void): Parser {
  const root = quiet(new Parser(PROGRAM), onHelp)
    .description('Portlama servers on DigitalOcean, from the terminal')
    .usage('[options] [command]');
  for (const [flags, summary] of GLOBAL_OPTIONS) root.option(flags, summary);
  for (const command of COMMANDS) {
    addCommand(root, command, onCommand, onHelp);
    if (command.formerly !== undefined) addFormer(root, command, onCommand, onHelp);
  }
  return root.addHelpText(
    'after',
    () => `\nEnvironment:\n${environmentLines()}\nExit codes:\n${exitCodeLines()}`,
  );
}

function quiet(parser: Parser, onHelp: (text: string) => void): Parser {
  return parser
    .exitOverride()
    .helpCommand(false)
    .allowExcessArguments(false)
    .showSuggestionAfterError(true)
    .helpOption('-h, --help', 'Show help')
    .configureHelp({
      showGlobalOptions: true,
      // Every command below it with its arguments, not only the groups.
      visibleCommands: (group) => commandsBelow(group).filter((command) => command !== group),
      subcommandTerm: (command) => USAGES.get(command) ?? command.name(),
    })
    .configureOutput({
      writeOut: onHelp,
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(process.stdout.columns ?? HELP_COLUMNS, HELP_COLUMNS),
    });
}

function addCommand(
  root: Parser,
  command: Command,
  onCommand: OnCommand,
  onHelp: (text: string) => void,
): void {
  const words = command.usage.split(' ');
  const names = wordsOf(command.usage);
  const args = words.slice(names.length);
  const parser = names.reduce(
    (parent, name) => subcommand(parent, name, onHelp, command.hidden),
    root,
  );
  parser.description(command.summary);
  if (command.hidden !== true) USAGES.set(parser, command.usage);
  for (const name of args) parser.argument(name.startsWith('[') ? name : `<${name}>`);
  addOptions(parser, command);
  const examples = command.examples.map((example) => `  ${PROGRAM} ${example}\n`).join('');
  parser.addHelpText('after', `\nExamples:\n${examples}`);
  // A group takes words that are no command of it, to say so.
  if (args.length === 0) parser.allowExcessArguments(true);
  const act = (of: Parser) => (): void => {
    if (args.length === 0 && of.args.length > 0)
      throw command.unexpectedWord?.() ?? unknownWord(of, names);
    onCommand(command, callOf(command, names, args, of));
  };
  parser.action(act(parser));
  if (command.alias !== undefined) {
    const alias = quiet(parser.command(command.alias, { hidden: true }), onHelp);
    for (const name of args) alias.argument(`<${name}>`);
    if (args.length === 0) alias.allowExcessArguments(true);
    addOptions(alias, command).action(act(alias));
  }
}

/** The command under its earlier words: not in the help, and repeated under its present ones. */
function addFormer(
  root: Parser,
  command: Command,
  onCommand: OnCommand,
  onHelp: (text: string) => void,
): void {
  const { formerly = '', usage } = command;
  const args = usage.split(' ').filter((word) => word !== word.toLowerCase());
  const former = { ...command, usage: [formerly, ...args].join(' '), hidden: true };
  addCommand(
    root,
    former,
    (_, call) => onCommand(command, { ...call, words: presentWords(command, call.words) }),
    onHelp,
  );
}

function presentWords({ formerly = '', usage }: Command, words: string): string {
  const present = usage.split(' ').filter((word) => word === word.toLowerCase());
  return [...present, words.slice(formerly.length).trim()].filter(Boolean).join(' ');
}

/** Usages by their parsers, for the help. */
const USAGES = new WeakMap<Parser, string>();

function commandsBelow(group: Parser): readonly Parser[] {
  const below = group.commands.flatMap(commandsBelow);
  return USAGES.has(group) ? [group, ...below] : below;
}

function addOptions(parser: Parser, { options = {} }: Command): Parser {
  for (const [name, { value, summary }] of Object.entries(options)) {
    const flags = value === undefined ? `--${name}` : `--${name} <${value}>`;
    parser.addOption(new ParserOption(flags, summary));
  }
  return parser;
}

function subcommand(
  parent: Parser,
  name: string,
  onHelp: (text: string) => void,
  hidden = false,
): Parser {
  const known = parent.commands.find((command) => command.name() === name);
  return known ?? quiet(parent.command(name, { hidden }), onHelp);
}

function callOf(
  command: Command,
  names: readonly string[],
  args: readonly string[],
  parser: Parser,
): Omit<Call, 'world'> {
  // A group that has the option as well takes it from its commands: `operations attach ID --json`.
  const values = parser.optsWithGlobals<Record<string, string | boolean>>();
  const options: Record<string, string> = {};
  const switches = new Set<string>();
  for (const name of Object.keys(command.options ?? {})) {
    const value = values[new ParserOption(`--${name}`).attributeName()];
    if (typeof value === 'string') {
      const isFile = command.options?.[name]?.value === 'FILE' || name === 'ssh-key';
      options[name] = isFile ? requireFileName(`--${name}`, value) : value;
    } else if (value === true) switches.add(name);
  }
  const repeated = Object.entries(options)
    .filter(([name]) => name !== 'yes')
    .map(([name, value]) => `--${name} ${shellWord(value)}`);
  const fileAt = args.indexOf('FILE');
  if (fileAt >= 0) requireFileName(names.join(' '), parser.args[fileAt] ?? '');
  const { account } = values;
  if (typeof account === 'string') repeated.push(`--account ${shellWord(account)}`);
  return {
    args: Object.fromEntries(args.map((name, index) => [name, parser.args[index] ?? ''])),
    rest: /\.\.\.\]?$/.test(args.at(-1) ?? '') ? parser.args.slice(args.length - 1) : [],
    options,
    switches,
    words: [...names, ...parser.args.map(shellWord), ...repeated].join(' '),
  };
}

/** Help of a command that is none: the parser prints the help of the group instead. */
function requireKnownWords(root: Parser, argv: readonly string[]): void {
  const path = pathOf(argv, root);
  const group = path.reduce<Parser | undefined>(
    (at, name) => at?.commands.find((command) => command.name() === name),
    root,
  );
  const word = root.args.filter((arg) => !arg.startsWith('-'))[path.length];
  if (group === undefined || group.commands.length === 0 || word === undefined) return;
  throw unknownWord(group, path, word);
}

/** Says which command of a group was meant, by the parser's own comparison of names. */
function unknownWord(
  group: Parser,
  path: readonly string[],
  word = group.args[0] ?? '',
): InputError {
  const judge = new Parser()
    .exitOverride()
    .helpCommand(false)
    .configureOutput({ writeErr: () => undefined });
  for (const command of group.commands) judge.command(command.name());
  try {
    if (group.commands.length > 0) judge.parse([word], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return misunderstood(error, path);
  }
  return new InputError({
    code: 'arguments',
    message: `${quoted(word)} is an unexpected argument.`,
    hint: helpHint(path),
  });
}

/** Command names that begin a command line, up to the first unknown word; options are skipped. */
function pathOf(argv: readonly string[], root: Parser): readonly string[] {
  const path: string[] = [];
  let at: Parser | undefined = root;
  for (const word of argv.filter((candidate) => !candidate.startsWith('-'))) {
    at = at?.commands.find((command) => command.name() === word);
    if (at === undefined) break;
    path.push(word);
  }
  return path;
}

function misunderstood({ message, code }: CommanderError, path: readonly string[]): InputError {
  if (code === 'commander.help') return commandMissing(path);
  const [first = '', ...rest] = message.replace(/^error: /, '').split('\n');
  const [, word = ''] = /'([^']*)'/.exec(first) ?? [];
  // The parser names only the last word of `servers panel`.
  const whole = first.replace(/(?<=^too many arguments for )'[^']*'/, `'${path.join(' ')}'`);
  const sentence = `${whole.charAt(0).toUpperCase()}${whole.slice(1)}`;
  return new InputError({
    code: 'arguments',
    message:
      code === 'commander.unknownCommand'
        ? `Unknown command ${quoted([...path, word].join(' '))}.`
        : sentence.replace(/[^.]$/, '$&.'),
    hint: [...rest.map((line) => line.replace(/^\((.*)\)$/, '$1')), helpHint(path)].join('\n'),
  });
}

/** A group without one of its commands: `token`. */
function commandMissing(path: readonly string[]): InputError {
  const group = `${path.join(' ')} `;
  const below = COMMANDS.filter(({ usage }) => usage.startsWith(group)).map(
    ({ usage }) => usage.slice(group.length).split(' ')[0],
  );
  const words = new Intl.ListFormat('en', { type: 'disjunction' }).format(
    [...new Set(below)].filter((word) => word !== undefined),
  );
  const message = `Use: ${group}${words.replace(', or ', ' or ')}.`;
  return new InputError({ code: 'arguments', message, hint: helpHint(path) });
}

function helpHint(path: readonly string[]): string {
  return `See ${[PROGRAM, ...path].join(' ')} --help.`;
}

/** Environment variables, for the end of the help. */
function environmentLines(): string {
  return ENVIRONMENT.map(
    ({ name, meaning, fallback }) => `  ${name}\n      ${meaning} (${fallback})\n`,
  ).join('');
}

function exitCodeLines(): string {
  return EXIT_CODES.map(([codes, meaning]) => `  ${codes}\n      ${meaning}\n`).join('');
}
