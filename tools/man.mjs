// Makes the manual page of the command records.
import { commands, ENVIRONMENT, EXIT_CODES, options } from './records.mjs';

const PROGRAM = 'portlama-tui';
/** Signs that a formatter would show as others. */
const SIGNS = {
  '’': '\\(cq',
  '…': '\\&...',
  '\\': '\\e',
  '-': '\\-',
  '~': '\\(ti',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
};
const FILES = [
  ['~/.portlama/servers.json', 'The servers, shared with the desktop app.'],
  ['~/.portlama/servers/ID/', 'Certificates, pinned keys and the history of a server.'],
  ['~/.portlama/operations/ID/', 'What a provisioning did, for attaching and recovery.'],
  ['~/.portlama/vault.age', 'Secrets, encrypted, where there is no credential store.'],
  ['~/.portlama-sandbox/', 'All of it for --sandbox.'],
];

/** Text of the page, in the macros of man(7). */
export function manPage(version) {
  return `${[
    `.TH ${PROGRAM.toUpperCase()} 1 "" "${PROGRAM} ${version}"`,
    '.SH NAME',
    `${plain(PROGRAM)} \\- create and watch over Portlama servers on DigitalOcean`,
    '.SH SYNOPSIS',
    `.B ${plain(PROGRAM)}`,
    '[\\fIoption\\fR ...] [\\fIcommand\\fR ...]',
    '.SH DESCRIPTION',
    'Without a command, the full\\-screen program; ? shows the keys of each screen.',
    'Commands print plain lines and exit.',
    'What cannot be undone asks for a text first, which --yes gives beforehand.'.replace(
      '--yes',
      bold('--yes'),
    ),
    '.SH OPTIONS',
    ...options.flatMap(entryOf),
    '.SH COMMANDS',
    ...commands.flatMap(commandLines),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(({ name, meaning, fallback }) =>
      entry(bold(name), `${meaning}. Without it: ${fallback}.`),
    ),
    '.SH FILES',
    ...FILES.flatMap(([path, what]) => entry(`\\fI${plain(path)}\\fR`, what)),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(([code, what]) => entry(bold(code), what)),
  ].join('\n')}\n`;
}

function commandLines({ words, args, summary, options: own, examples }) {
  const usage = [bold(words.join(' ')), ...args.map(argument)].join(' ');
  return [
    `.SS "${usage}"`,
    line(`${summary}.`),
    ...own.flatMap(entryOf),
    '.PP',
    examples.length === 1 ? 'Example:' : 'Examples:',
    '.PP',
    '.RS 4',
    '.nf',
    ...examples.map((example) => line(`${PROGRAM} ${example}`)),
    '.fi',
    '.RE',
  ];
}

/** An argument's name in italics, its brackets and dots not. */
function argument(name) {
  return plain(name).replace(/[A-Z]+/, '\\fI$&\\fR');
}

function entryOf({ name, value, summary }) {
  const term = value === undefined ? bold(name) : `${bold(name)} \\fI${plain(value)}\\fR`;
  return entry(term, `${summary}.`);
}

function entry(term, text) {
  return ['.TP', term, line(text)];
}

function bold(text) {
  return `\\fB${plain(text)}\\fR`;
}

/** A line of text that begins with no request. */
function line(text) {
  return plain(text).replace(/^\./, '\\&$&');
}

function plain(text) {
  return text.replaceAll(/[’…\\\-~'`^]/g, (sign) => SIGNS[sign]);
}
