import type { KeyChanges } from '../../core/config.js';
import { type Key, keyLabel, printable } from '../../widgets/terminal/keys.js';
import { type Command, CONTEXTS } from './command.js';
import { isFixed, isWidgets, withKeys } from './key-changes.js';

const NAMED =
  /^(?:enter|escape|tab|space|backspace|delete|insert|home|end|pageup|pagedown|up|down|left|right|f(?:[1-9]|1[0-2]))$/;
/** A terminal sends these as Tab, Enter and Backspace. */
const OTHERWISE = ['ctrl-h', 'ctrl-i', 'ctrl-j', 'ctrl-m'];

/** True for the normal form of a key that terminals send. */
export function isKey(text: string): boolean {
  const [, modifiers = '', name = ''] = /^((?:ctrl-)?(?:alt-)?(?:shift-)?)(.+)$/u.exec(text) ?? [];
  if (OTHERWISE.includes(text)) return false;
  if (NAMED.test(name)) return true;
  if (modifiers.includes('ctrl-')) return modifiers === 'ctrl-' && /^[a-z]$/.test(name);
  return !modifiers.includes('shift-') && name !== ' ' && printable(name) !== undefined;
}

export interface CheckedKeys {
  readonly keys: KeyChanges;
  readonly problems: readonly string[];
  /** Names that no command has. */
  readonly unknown: readonly string[];
}

/** Takes the changes that can be made. Keys that two commands would share make all of them void: which one counts? */
export function checkKeys(commands: readonly Command[], changes: KeyChanges): CheckedKeys {
  const problems: string[] = [];
  const unknown: string[] = [];
  const taken: [string, readonly Key[]][] = [];
  for (const [id, keys] of Object.entries(changes)) {
    const named = commands.filter((command) => command.id === id);
    const wrong = keys.map((key) => whyNot(key, named)).find((reason) => reason !== undefined);
    if (named.length === 0) unknown.push(id);
    else if (named.every(isFixed)) problems.push(`The keys of ${id} cannot be changed.`);
    else if (wrong !== undefined) problems.push(`${id}: ${wrong}`);
    else taken.push([id, keys]);
  }
  const keys = Object.fromEntries(taken);
  const doubles = doublesOf(withKeys(commands, keys), keys);
  if (doubles.length === 0) return { keys, problems, unknown };
  return {
    keys: {},
    problems: [...problems, ...doubles, 'So all keys keep their defaults.'],
    unknown,
  };
}

function whyNot(key: Key, named: readonly Command[]): string | undefined {
  const label = JSON.stringify(key);
  if (!isKey(key))
    return `${label} is not a key; keys are written as "x", "X", "ctrl-x", "alt-x", "f5" or "delete".`;
  const changed = named.filter((command) => !isFixed(command));
  if (changed.some(({ context }) => isWidgets(key, context)))
    return `${label} is used to move, choose or search on every screen.`;
  if (changed[0]?.always === true && printable(key) !== undefined)
    return `${label} is needed to type into fields.`;
  return undefined;
}

function doublesOf(commands: readonly Command[], changes: KeyChanges): readonly string[] {
  const found = new Set<string>();
  for (const command of commands.filter(({ id }) => changes[id] !== undefined))
    for (const other of commands) {
      const shared = command.keys.find((key) => other.keys.includes(key));
      if (shared === undefined || other.id === command.id || !meet(command, other)) continue;
      const ids = [command.id, other.id].sort();
      found.add(
        `${ids.join(' and ')} have the same key, ${keyLabel(shared, true)} (${placeOf(command, other)}).`,
      );
    }
  return [...found];
}

/** True where both get keys at the same time. */
function meet(one: Command, other: Command): boolean {
  if (one.context === other.context) return true;
  const contexts = [one.context, other.context];
  return contexts.includes('everywhere') && !contexts.includes('activity-log');
}

function placeOf(one: Command, other: Command): string {
  return CONTEXTS[one.context === 'everywhere' ? other.context : one.context];
}
