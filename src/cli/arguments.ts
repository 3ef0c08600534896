import { parseArgs } from 'node:util';
import { InputError, messageOf } from '../core/errors.js';

export type Command =
  | { readonly name: 'ui' }
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | {
      readonly name: 'provision';
      readonly region: string | undefined;
      readonly label: string | undefined;
      readonly json: boolean;
    }
  | { readonly name: 'servers' }
  | {
      readonly name: 'operations';
      readonly action: 'list' | 'attach' | 'cancel' | 'cleanup' | 'resume' | 'dismiss';
      readonly id: string | undefined;
    }
  | { readonly name: 'worker'; readonly operationId: string; readonly mode: 'run' | 'cleanup' }
  | { readonly name: 'sandbox-daemon' };

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

const OPERATION_ACTIONS = ['list', 'attach', 'cancel', 'cleanup', 'resume', 'dismiss'] as const;

/** What the person asked for; InputError for what is not understood. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  return {
    command: values.help
      ? { name: 'help' }
      : values.version
        ? { name: 'version' }
        : commandOf(positionals, values),
    sandbox: values.sandbox ?? false,
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
        log: { type: 'string' },
        region: { type: 'string' },
        label: { type: 'string' },
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

function commandOf(
  positionals: readonly string[],
  values: { region?: string; label?: string; json?: boolean },
): Command {
  const [name, ...rest] = positionals;
  switch (name) {
    case undefined:
      return { name: 'ui' };
    case 'provision':
      refuseRest(rest);
      return { name, region: values.region, label: values.label, json: values.json ?? false };
    case 'servers':
    case 'sandbox-daemon':
      refuseRest(rest);
      return { name };
    case 'operations':
      return operationsCommand(rest);
    case 'worker':
      return { name, operationId: rest[0] ?? '', mode: rest[1] === 'cleanup' ? 'cleanup' : 'run' };
    default:
      throw unknown(`There is no command ${JSON.stringify(name)}.`);
  }
}

function operationsCommand([action = 'list', id, ...rest]: readonly string[]): Command {
  refuseRest(rest);
  const known = OPERATION_ACTIONS.find((candidate) => candidate === action);
  if (known === undefined) throw unknown(`operations cannot ${JSON.stringify(action)}.`);
  if (known !== 'list' && id === undefined)
    throw unknown(`operations ${known} needs an operation's id.`);
  return { name: 'operations', action: known, id };
}

function refuseRest(rest: readonly string[]): void {
  if (rest.length > 0) throw unknown(`${JSON.stringify(rest[0])} is one word too many.`);
}

function unknown(message: string): InputError {
  return new InputError({ code: 'arguments', message, hint: 'See portlama-tui --help.' });
}
