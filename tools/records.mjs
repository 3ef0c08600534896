// Reads the records of commands and settings from build/, for what the build makes of them.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const CLI = resolve(import.meta.dirname, '../build/cli');
const load = (path) => import(pathToFileURL(join(CLI, path)).href);

const { COMMANDS } = await load('commands/index.js');
const { GLOBAL_OPTIONS } = await load('global-options.js');
export const { ENVIRONMENT } = await load('settings.js');
export const { EXIT_CODES } = await load('exit-codes.js');

export const commands = COMMANDS.filter(({ hidden }) => hidden !== true).map(
  ({ usage, summary, options = {}, examples }) => {
    const words = usage.split(' ');
    const isName = (word) => word === word.toLowerCase();
    return {
      words: words.filter(isName),
      args: words.filter((word) => !isName(word)),
      summary,
      options: Object.entries(options).map(([name, option]) => ({ name: `--${name}`, ...option })),
      examples,
    };
  },
);

export const options = [
  ...GLOBAL_OPTIONS.map(([flags, summary]) => {
    const [name, value] = flags.split(' ');
    return { name, ...(value && { value: value.replaceAll(/[<>]/g, '') }), summary };
  }),
  { name: '--help', summary: 'Show help' },
  { name: '--version', summary: 'Print the version' },
];

/** What a shell completes: `completion.json`. */
export function completionTable() {
  const help = { words: ['help'], args: [], summary: 'Show the help of a command', options: [] };
  return {
    commands: [...commands, help].map(({ words, args, summary, options }) => ({
      words,
      args,
      summary,
      options,
    })),
    options,
  };
}
