import { InputError } from '../core/errors.js';
import { leakedToken } from './leaked-token.js';

export type Command =
  | { readonly name: 'ui' }
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | {
      readonly name: 'provision';
      readonly region: string | undefined;
      readonly label: string | undefined;
      readonly json: boolean;
      readonly foreground: boolean;
    }
  | { readonly name: 'servers'; readonly action: 'list' }
  | { readonly name: 'servers'; readonly action: 'activate' | 'panel'; readonly label: string }
  | {
      readonly name: 'servers';
      readonly action: 'remove' | 'destroy';
      readonly label: string;
      /** The label once more, when it was given instead of being asked for. */
      readonly confirmed: string | undefined;
    }
  | { readonly name: 'servers'; readonly action: 'restore' }
  | {
      readonly name: 'servers';
      readonly action: 'add';
      readonly url: string;
      readonly label: string | undefined;
      /** SHA-256 of the panel's certificate, when it was given instead of being asked for. */
      readonly confirmed: string | undefined;
    }
  | { readonly name: 'strays'; readonly action: 'list' }
  | { readonly name: 'strays'; readonly action: 'adopt'; readonly dropletId: number }
  | {
      readonly name: 'strays';
      readonly action: 'destroy';
      readonly dropletId: number;
      /** The droplet's name, when it was given instead of being asked for. */
      readonly confirmed: string | undefined;
    }
  | {
      readonly name: 'certificate';
      readonly action: 'import';
      readonly label: string;
      readonly file: string;
      /** The label once more, when it was given instead of being asked for. */
      readonly confirmed: string | undefined;
    }
  | {
      readonly name: 'certificate';
      readonly action: 'trust';
      readonly label: string;
      /** SHA-256 of the panel's certificate, when it was given instead of being asked for. */
      readonly confirmed: string | undefined;
    }
  | { readonly name: 'doctor' }
  | { readonly name: 'token'; readonly action: 'set' | 'check' | 'forget' }
  | {
      readonly name: 'vault';
      readonly action: 'status' | 'init' | 'passphrase' | 'move-to-os' | 'move-to-vault';
    }
  | {
      readonly name: 'operations';
      readonly action: 'list' | 'attach' | 'cancel' | 'cleanup' | 'resume' | 'dismiss';
      readonly id: string | undefined;
      readonly json: boolean;
    }
  | { readonly name: 'worker'; readonly operationId: string; readonly mode: 'run' | 'cleanup' }
  | { readonly name: 'sandbox'; readonly action: 'env' }
  | { readonly name: 'sandbox-daemon' };

const TOKEN_ACTIONS = ['set', 'check', 'forget'] as const;
const VAULT_ACTIONS = ['status', 'init', 'passphrase', 'move-to-os', 'move-to-vault'] as const;
const OPERATION_ACTIONS = ['list', 'attach', 'cancel', 'cleanup', 'resume', 'dismiss'] as const;

/** Options that mean something with some commands only. */
interface Values {
  readonly region?: string;
  readonly label?: string;
  readonly json?: boolean;
  readonly foreground?: boolean;
  readonly yes?: string;
}

const OPTIONS: Readonly<Record<string, readonly (keyof Values)[]>> = {
  provision: ['region', 'label', 'json', 'foreground'],
  operations: ['json'],
  'servers add': ['label', 'yes'],
  'servers remove': ['yes'],
  'servers destroy': ['yes'],
  'certificate import': ['yes'],
  'certificate trust': ['yes'],
  'strays destroy': ['yes'],
};

/** What is to be done; InputError for what is not understood, options without a meaning among it. */
export function commandOf(positionals: readonly string[], values: Values): Command {
  const command = readCommand(positionals, values);
  const [name = '', action = ''] = positionals;
  const known = OPTIONS[`${name} ${action}`] ?? OPTIONS[name] ?? [];
  const stray = (['region', 'label', 'json', 'foreground', 'yes'] as const).find(
    (option) => values[option] !== undefined && !known.includes(option),
  );
  if (stray === undefined) return command;
  const words = [name, action].filter((word) => word !== '').join(' ');
  throw unknown(`--${stray} means nothing with ${words === '' ? 'the full screen' : words}.`);
}

function readCommand(positionals: readonly string[], values: Values): Command {
  const [name, ...rest] = positionals;
  switch (name) {
    case undefined:
      return { name: 'ui' };
    case 'provision':
      refuseRest(rest);
      return {
        name,
        region: values.region,
        label: values.label,
        json: values.json ?? false,
        foreground: values.foreground ?? false,
      };
    case 'token':
      return tokenCommand(rest);
    case 'vault':
      return vaultCommand(rest);
    case 'servers':
      return serversCommand(rest, values);
    case 'doctor':
    case 'sandbox-daemon':
      refuseRest(rest);
      return { name };
    case 'sandbox':
      if (rest.length === 1 && rest[0] === 'env') return { name, action: 'env' };
      throw unknown('sandbox can env, and nothing else.');
    case 'certificate':
      return certificateCommand(rest, values.yes);
    case 'strays':
      return straysCommand(rest, values.yes);
    case 'operations':
      return operationsCommand(rest, values.json ?? false);
    case 'worker':
      return { name, operationId: rest[0] ?? '', mode: rest[1] === 'cleanup' ? 'cleanup' : 'run' };
    default:
      throw unknown(`There is no command ${JSON.stringify(name)}.`);
  }
}

function serversCommand(
  [action = 'list', subject, ...rest]: readonly string[],
  { label, yes: confirmed }: Values,
): Command {
  refuseRest(rest);
  switch (action) {
    case 'list':
    case 'restore':
      refuseRest(subject === undefined ? [] : [subject]);
      return { name: 'servers', action };
    case 'activate':
    case 'panel':
      return { name: 'servers', action, label: requireServer(action, subject) };
    case 'remove':
    case 'destroy':
      return { name: 'servers', action, label: requireServer(action, subject), confirmed };
    case 'add':
      if (subject === undefined) throw unknown('servers add needs the address of a panel.');
      return { name: 'servers', action, url: subject, label, confirmed };
    default:
      throw unknown(`servers cannot ${JSON.stringify(action)}.`);
  }
}

function requireServer(action: string, label: string | undefined): string {
  if (label !== undefined) return label;
  throw unknown(`servers ${action} needs a server's label, as portlama-tui servers shows it.`);
}

function certificateCommand(
  [action, label, file, ...rest]: readonly string[],
  confirmed: string | undefined,
): Command {
  refuseRest(rest);
  if (action === 'import' && label !== undefined && file !== undefined)
    return { name: 'certificate', action, label, file, confirmed };
  if (action === 'trust' && label !== undefined && file === undefined)
    return { name: 'certificate', action, label, confirmed };
  throw unknown('certificate can import LABEL FILE, or trust LABEL, and nothing else.');
}

function straysCommand(
  [action, id = '', ...rest]: readonly string[],
  confirmed: string | undefined,
): Command {
  refuseRest(rest);
  if (action === undefined) return { name: 'strays', action: 'list' };
  if (action !== 'adopt' && action !== 'destroy')
    throw unknown(`strays cannot ${JSON.stringify(action)}.`);
  const dropletId = Number(id);
  if (!/^[1-9]\d*$/.test(id) || !Number.isSafeInteger(dropletId))
    throw unknown(`strays ${action} needs a droplet's id, as portlama-tui strays shows it.`);
  if (action === 'adopt') return { name: 'strays', action, dropletId };
  return { name: 'strays', action, dropletId, confirmed };
}

function operationsCommand(
  [action = 'list', id, ...rest]: readonly string[],
  json: boolean,
): Command {
  refuseRest(rest);
  const known = OPERATION_ACTIONS.find((candidate) => candidate === action);
  if (known === undefined) throw unknown(`operations cannot ${JSON.stringify(action)}.`);
  if (known === 'list') refuseRest(id === undefined ? [] : [id]);
  else if (id === undefined) throw unknown(`operations ${known} needs an operation's id.`);
  return { name: 'operations', action: known, id, json };
}

function tokenCommand([action, ...rest]: readonly string[]): Command {
  const known = TOKEN_ACTIONS.find((candidate) => candidate === action);
  // What it is is not repeated: it may be a token.
  if (known === 'set' && rest.length > 0) throw leakedToken('If it was one, it');
  if (known === undefined || rest.length > 0)
    throw unknown(`token can ${TOKEN_ACTIONS.join(', ')}, and nothing else.`);
  return { name: 'token', action: known };
}

function vaultCommand([action = 'status', ...rest]: readonly string[]): Command {
  refuseRest(rest);
  const known = VAULT_ACTIONS.find((candidate) => candidate === action);
  if (known === undefined) throw unknown(`vault cannot ${JSON.stringify(action)}.`);
  return { name: 'vault', action: known };
}

function refuseRest(rest: readonly string[]): void {
  if (rest.length > 0) throw unknown(`${JSON.stringify(rest[0])} is one word too many.`);
}

function unknown(message: string): InputError {
  return new InputError({ code: 'arguments', message, hint: 'See portlama-tui --help.' });
}
