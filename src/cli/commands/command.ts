import type { ZodType } from 'zod';
import type { World } from '../../main/world.js';

/** One command of the program: its usage, its help, and its use case. */
export interface Command {
  /** Words after the program's name; capitals are arguments: `servers destroy LABEL`, `export FILE [LABEL...]`. */
  readonly usage: string;
  /** Another word for a group without one: `list` makes `servers list` mean `servers`. Its arguments come after it. */
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
  /** Its answer to `--json`, which it takes then; left out for text that is written for another program. */
  readonly json?: JsonAnswer;
  /** The refusal of a word that the command does not take. */
  readonly unexpectedWord?: () => Error;
  readonly examples: readonly string[];
  /** Resolves to the exit code. Loads its use case late: the list of commands must load fast. */
  readonly run: (call: Call) => Promise<number>;
}

export interface JsonAnswer {
  /** One object; one object a line for each of many; or the lines of the desktop app's progress protocol. */
  readonly form: 'object' | 'lines' | 'events';
  /** Loads the model of the object, or of a line. */
  readonly model: () => Promise<ZodType>;
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

export const DRY_RUN = 'dry-run';

/** Has a command say what it would do. */
export const DRY_RUN_OPTION: Readonly<Record<typeof DRY_RUN, Option>> = {
  [DRY_RUN]: { summary: 'Only show what would be created, changed and deleted, and what it costs' },
};

const JSON_SUMMARIES: Readonly<Record<JsonAnswer['form'], string>> = {
  object: 'Print a JSON object',
  lines: 'Print one JSON object per line',
  events: 'Report as NDJSON',
};

/** The command with `--json` among its options, where it has such an answer. */
export function withJsonOption(command: Command): Command {
  const { json, options } = command;
  if (json === undefined) return command;
  return { ...command, options: { ...options, json: { summary: JSON_SUMMARIES[json.form] } } };
}
