import type { World } from '../../main/world.js';

/** One command of the program: its usage, its help, and its use case. */
export interface Command {
  /** Words after the program's name; capitals are arguments: `servers destroy LABEL`, `export FILE [LABEL...]`. */
  readonly usage: string;
  /** Another word for a group without one: `list` makes `servers list` mean `servers`. */
  readonly alias?: string;
  /** Earlier words of `usage` without its arguments, still understood: `strays adopt`. */
  readonly formerly?: string;
  /** Not for people: left out of help and tables, and asks no questions. */
  readonly hidden?: boolean;
  /** About the sandbox itself: implies `--sandbox`. */
  readonly isSandbox?: boolean;
  /** Moves passwords that other programs left in servers.json first. */
  readonly movesPasswords?: boolean;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly options?: Readonly<Record<string, Option>>;
  /** The refusal of a word that the command does not take. */
  readonly unexpectedWord?: () => Error;
  readonly examples: readonly string[];
  /** Resolves to the exit code. Loads its use case late: the list of commands must load fast. */
  readonly run: (call: Call) => Promise<number>;
}

export interface Option {
  /** Name of its value; left out for a switch. */
  readonly value?: string;
  readonly summary: string;
}

/** A command as it was typed. */
export interface Call {
  readonly world: World;
  /** By the argument's name in `usage`. */
  readonly args: Readonly<Record<string, string>>;
  /** Words of a last argument that takes any number: `[LABEL...]`, `LABEL...`. */
  readonly rest: readonly string[];
  /** Options with a value, by name. */
  readonly options: Readonly<Record<string, string>>;
  /** Names of the switches that are on. */
  readonly switches: ReadonlySet<string>;
  /** The command as it can be repeated, without `--yes`: `servers destroy lab`. */
  readonly words: string;
}

/** Call of a command without arguments or options: `provision`. */
export function bareCall(world: World, words: string): Call {
  return { world, args: {}, rest: [], options: {}, switches: new Set(), words };
}

/** Confirms beforehand what would be typed at a prompt. */
export function yesOption(value: string): { readonly yes: Option } {
  return { yes: { value, summary: 'Confirm without being asked' } };
}

export const JSON_SWITCH = {
  json: { summary: 'One JSON object a line' },
} as const satisfies Record<string, Option>;
