import { parseArgs } from 'node:util';
import { InputError, messageOf } from '../core/errors.js';
import { type Command, commandOf } from './command.js';
import { holdsToken, leakedToken } from './leaked-token.js';

export interface Arguments {
  readonly command: Command;
  readonly sandbox: boolean;
  readonly plain: boolean;
  readonly ascii: boolean;
  readonly reducedMotion: boolean;
  readonly bell: boolean;
  /** Absolute or relative path. */
  readonly logFile: string | undefined;
}

/** What the person asked for; InputError for what is not understood. */
export function parseArguments(argv: readonly string[]): Arguments {
  if (argv.some(holdsToken)) throw leakedToken('It');
  const { values, positionals } = parse(argv);
  const command: Command = values.help
    ? { name: 'help' }
    : values.version
      ? { name: 'version' }
      : commandOf(positionals, values);
  return {
    command,
    // What is the sandbox's own never sees the real folder.
    sandbox: values.sandbox === true || ['sandbox', 'sandbox-daemon'].includes(command.name),
    plain: values.plain ?? false,
    ascii: values.ascii ?? false,
    reducedMotion: values['reduced-motion'] ?? false,
    bell: values.bell ?? false,
    logFile: values.log,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'V' },
        sandbox: { type: 'boolean' },
        plain: { type: 'boolean' },
        ascii: { type: 'boolean' },
        'reduced-motion': { type: 'boolean' },
        bell: { type: 'boolean' },
        json: { type: 'boolean' },
        foreground: { type: 'boolean' },
        log: { type: 'string' },
        region: { type: 'string' },
        label: { type: 'string' },
        yes: { type: 'string' },
      },
    });
  } catch (error) {
    throw new InputError({
      code: 'arguments',
      message: messageOf(error),
      hint: 'See portlama-tui --help.',
      cause: error,
    });
  }
}
