import { type AppState, currentRoute } from '../state.js';
import type { CommandId } from './commands.js';
import { type KeyContext, keyContexts, type KeyScope } from './scope.js';
import { destroyLabel, openLabel } from './servers.js';
import { KEY_TABLE, type KeyBinding } from './table.js';

/** What a key is for here and now; undefined when for nothing. The screen's own meaning goes first. */
export function findBinding(key: string, scope: KeyScope): KeyBinding | undefined {
  return bindingsHere(scope).find((binding) => !binding.byWidget && binding.keys.includes(key));
}

/** Of a command; the screen's own goes first. */
export function findCommand(command: CommandId, scope: KeyScope): KeyBinding | undefined {
  return bindingsHere(scope).find((binding) => binding.command === command);
}

/** All that apply on this screen, in the table's order. */
export function bindingsHere(scope: KeyScope): readonly KeyBinding[] {
  return keyContexts(scope.state).flatMap((context) =>
    KEY_TABLE.filter(
      (binding) => binding.context === context && !(binding.hidden?.(scope) ?? false),
    ),
  );
}

export interface KeyHint {
  readonly keys: readonly string[];
  readonly label: string;
  readonly disabled: boolean;
  /** Looked for in the same place on every screen. */
  readonly last: boolean;
}

/** The footer: most useful first. */
export function keyHints(scope: KeyScope): readonly KeyHint[] {
  return bindingsHere(scope)
    .filter(({ hint, unhinted }) => hint !== undefined && !(unhinted?.(scope) ?? false))
    .sort((one, other) => (one.hint ?? 0) - (other.hint ?? 0))
    .map((binding) => ({
      keys: binding.keys.slice(0, binding.hintedKeys ?? 1),
      label: labelOf(binding, scope),
      disabled: binding.disabled?.(scope) !== undefined,
      last: binding.last ?? binding.context === 'everywhere',
    }));
}

function labelOf(binding: KeyBinding, scope: KeyScope): string {
  if (binding.command === 'servers.destroy') return destroyLabel(scope);
  if (binding.command === 'servers.open') return openLabel(scope);
  if (binding.command === 'leave' || binding.command === 'interrupt')
    return leaveLabel(scope.state);
  return binding.label;
}

function leaveLabel(state: AppState): string {
  return currentRoute(state).screen === 'servers' ? 'quit' : 'close';
}

export interface KeyHelp {
  readonly title: string;
  readonly entries: readonly {
    readonly command: CommandId;
    readonly keys: readonly string[];
    readonly description: string;
    /** Why it does nothing now. */
    readonly disabled: string | undefined;
    readonly unnamed: boolean;
  }[];
}

const TITLES: Readonly<Record<KeyContext, string>> = {
  everywhere: 'Everywhere',
  servers: 'Servers',
  'add-server': 'Add an existing server',
  'wizard-token': 'Create server: token',
  'wizard-region': 'Create server: region',
  'wizard-label': 'Create server: label',
  'wizard-create': 'Create server',
  provisioning: 'Provisioning',
  'activity-log': 'Activity log',
};

/** Every key of this screen, with the reason why one does nothing now. */
export function keyHelp(scope: KeyScope): readonly KeyHelp[] {
  return keyContexts(scope.state).map((context) => ({
    title: TITLES[context],
    entries: bindingsHere(scope)
      .filter((binding) => binding.context === context)
      .map((binding) => ({
        command: binding.command,
        keys: binding.keys,
        description: binding.description,
        disabled: binding.disabled?.(scope),
        unnamed: (binding.unnamed ?? false) || (binding.byWidget ?? false),
      })),
  }));
}

/** The whole table, for the README: one group a place. */
export function keyReference(): readonly {
  readonly title: string;
  readonly rows: readonly { readonly keys: readonly string[]; readonly description: string }[];
}[] {
  const contexts = Object.keys(TITLES) as KeyContext[];
  return contexts.map((context) => ({
    title: TITLES[context],
    rows: KEY_TABLE.filter((binding) => binding.context === context).map(
      ({ keys, description }) => ({ keys, description }),
    ),
  }));
}
