import { withKeys } from './key-changes.js';
import type { Hint } from '../../widgets/frame.js';
import type { HelpData } from '../../widgets/help.js';
import type { Key } from '../../widgets/terminal/keys.js';
import { ACTIVITY_LOG } from '../activity-log/activity-log.keys.js';
import { ADD_SERVER } from '../add-server/add-server.keys.js';
import { WIZARD } from '../create-server/create-server.keys.js';
import { PROVISIONING } from '../provisioning/provisioning.keys.js';
import { onServerPage, SERVER_PAGE } from '../server/server.keys.js';
import { SERVERS } from '../servers/servers.keys.js';
import { TEAM } from '../team/team.keys.js';
import { SET_UP } from '../set-up/set-up.keys.js';
import { type Call, type Command, CONTEXTS, keyContexts, type KeyScope } from './command.js';
import type { AppState } from '../../app/state.js';
import type { KeyChanges } from '../../core/config.js';
import { EVERYWHERE } from './everywhere.keys.js';

/** Every command of the program. */
export const COMMANDS: readonly Command[] = [
  ...SERVERS,
  ...onServerPage(SERVERS),
  ...SERVER_PAGE,
  ...TEAM,
  ...ADD_SERVER,
  ...WIZARD,
  ...PROVISIONING,
  ...SET_UP,
  ...ACTIVITY_LOG,
  ...EVERYWHERE,
];

const changed = new WeakMap<KeyChanges, readonly Command[]>();

/** Every command, with the keys that this person gave them. */
export function commandsOf({ settings: { keys } }: AppState): readonly Command[] {
  if (keys === undefined) return COMMANDS;
  const made = changed.get(keys) ?? withKeys(COMMANDS, keys);
  changed.set(keys, made);
  return made;
}

/** Carries a command out, or says why it does nothing now. Resolves when it is over; never rejects. */
export async function perform(command: Command, call: Call): Promise<void> {
  const reason = command.disabled?.(call);
  if (reason !== undefined) call.work.messages.toast('warn', reason);
  else await command.run?.(call);
}

/** Command of a key in this scope, the screen's own first; undefined when there is none. */
export function findByKey(key: Key, scope: KeyScope): Command | undefined {
  return commandsHere(scope).find(({ keys, run }) => run !== undefined && keys.includes(key));
}

/** Command of a key that works while text is typed, and above every overlay. */
export function findAlways(key: Key, { state }: KeyScope): Command | undefined {
  return commandsOf(state).find(({ keys, always }) => always === true && keys.includes(key));
}

/** The command that a button or the palette names: of this place, else of a later step of it. */
export function requireCommand(id: string, scope: KeyScope): Command {
  const named = (command: Command): boolean => command.id === id;
  const command = commandsHere(scope).find(named) ?? commandsOf(scope.state).find(named);
  if (command === undefined) throw new Error(`there is no command ${id}`);
  return command;
}

/** Commands that apply on this screen, in their order. */
export function commandsHere(scope: KeyScope): readonly Command[] {
  const places = byContext(commandsOf(scope.state));
  return keyContexts(scope.state).flatMap((context) =>
    (places.get(context) ?? []).filter(({ hidden }) => hidden?.(scope) !== true),
  );
}

const places = new WeakMap<readonly Command[], ReadonlyMap<string, readonly Command[]>>();

/** Commands by their contexts: the hints of each frame are made of those of a few. */
function byContext(commands: readonly Command[]): ReadonlyMap<string, readonly Command[]> {
  const known = places.get(commands);
  if (known !== undefined) return known;
  const made = new Map<string, Command[]>();
  for (const command of commands)
    made.set(command.context, [...(made.get(command.context) ?? []), command]);
  places.set(commands, made);
  return made;
}

/** The keys in the footer, most useful first. */
export function footerHints(scope: KeyScope): readonly Hint[] {
  return commandsHere(scope)
    .flatMap((command) => {
      const priority = resolve(command.priority, scope);
      return priority === undefined ? [] : [{ command, priority }];
    })
    .sort((one, other) => one.priority - other.priority)
    .map(({ command }) => ({
      keys: command.keys.slice(0, command.footerKeys ?? 1),
      label: resolve(command.label, scope),
      disabled: command.disabled?.(scope) !== undefined,
      last: command.last ?? command.context === 'everywhere',
    }));
}

/** A value of a command that may depend on what is selected. */
export function resolve<T>(value: T | ((scope: KeyScope) => T), scope: KeyScope): T {
  return typeof value === 'function' ? (value as (scope: KeyScope) => T)(scope) : value;
}

/** Every key of this screen, with the reason why one does nothing now. */
export function keyHelp(scope: KeyScope): HelpData['groups'] {
  return keyContexts(scope.state).map((context) => ({
    title: CONTEXTS[context],
    entries: commandsHere(scope)
      .filter((command) => command.context === context)
      .map(({ keys, description, disabled }) => ({
        // Without a key of its own it is run by name.
        keys: keys.length === 0 ? [':'] : keys,
        label: description,
        disabled: disabled?.(scope),
      })),
  }));
}
