import type { ActionContext } from '../../app/actions/context.js';
import { type AppState, currentRoute, type Route } from '../../app/state.js';
import type { Key } from '../../widgets/terminal/keys.js';

/** Places where keys work, by their titles in the help. The wizard's steps are places of their own. */
export const CONTEXTS = {
  everywhere: 'Everywhere',
  servers: 'Servers',
  server: 'Server',
  team: 'Tunnels, users, services',
  'add-server': 'Add an existing server',
  'wizard-token': 'Create server: token',
  'wizard-region': 'Create server: region',
  'wizard-label': 'Create server: label',
  'wizard-create': 'Create server',
  provisioning: 'Provisioning',
  'set-up-form': 'Set up a domain: form',
  'set-up': 'Set up a domain',
  'activity-log': 'Activity log',
} as const;
export type KeyContext = keyof typeof CONTEXTS;

/** Facts that decide if a command applies. */
export interface KeyScope {
  readonly state: AppState;
  /** The row under the cursor of the servers list, or the server whose page is open. */
  readonly selected: string | undefined;
  /** Ids of the marked rows that are shown; they go before the selected one. */
  readonly marked?: readonly string[] | undefined;
  /** Letters go into a filter or a search for now. */
  readonly typing?: boolean | undefined;
  /** The focus is in a field, which takes every letter. */
  readonly inField?: boolean | undefined;
}

/** Facts and functions that a command runs with. */
export interface Call<Controls = unknown> extends KeyScope {
  readonly work: ActionContext;
  /** Controls that the screen on top offers to its own commands. */
  readonly screen: Controls;
  readonly host: Host;
}

/** Work of the terminal's owner rather than of the program. */
export interface Host {
  redraw(): void;
  /** Gives the terminal back and stops the process until it is continued. */
  suspend(): void;
}

/** A command of a screen. Lookup, footer, help, palette and the table of keys are made from it. */
export interface Command<Controls = unknown> {
  /** Names it for buttons and for the palette. */
  readonly id: string;
  /** Empty: only the palette runs it. */
  readonly keys: readonly Key[];
  readonly context: KeyContext;
  /** In the footer: a word or two. */
  readonly label: string | ((scope: KeyScope) => string);
  /** In help and palette: `Create a new server`. */
  readonly description: string;
  /** Other words that the palette finds it by, lower case. */
  readonly synonyms?: readonly string[] | undefined;
  /** Place in the footer, smallest first; without one it is only in the help. */
  readonly priority?: number | ((scope: KeyScope) => number | undefined) | undefined;
  /** Number of its keys in the footer; the first one only when left out. */
  readonly footerKeys?: number | undefined;
  /** Stands at the end of the footer whatever its priority, where people look for it. */
  readonly last?: boolean | undefined;
  /** Why it does nothing now, as a sentence; undefined when it works. */
  readonly disabled?: ((scope: KeyScope) => string | undefined) | undefined;
  /** True where it makes no sense: not shown, and its key does nothing. */
  readonly hidden?: ((scope: KeyScope) => boolean) | undefined;
  /** Works while something is typed, and above every overlay. */
  readonly always?: boolean | undefined;
  /** Acts on one server: works on the page of that as well. */
  readonly onPage?: boolean | undefined;
  /** Not offered by name in the palette. */
  readonly unnamed?: boolean | undefined;
  /**
   * Action of the command. Left out where the focused widget handles the keys itself: the record only documents them.
   */
  run?(this: void, call: Call<Controls>): void | Promise<void>;
}

/** Gives the first of the keys that a command has for this person. */
export function firstKey(
  { id, keys }: Pick<Command, 'id' | 'keys'>,
  { settings }: AppState,
): Key | undefined {
  return (settings.keys?.[id] ?? keys)[0];
}

/** Contexts that get the keys now, the screen's place first. An overlay above the screen takes them all. */
export function keyContexts(state: AppState): readonly KeyContext[] {
  if (state.overlay === 'activity-log') return ['activity-log'];
  const route = currentRoute(state);
  return [placeOf(route, state), 'everywhere'];
}

function placeOf(route: Route, { wizard, setUps }: AppState): KeyContext {
  if (route.screen === 'create-server') return `wizard-${wizard?.step ?? 'token'}`;
  if (route.screen !== 'set-up') return route.screen;
  return setUps[route.serverId]?.isOpen === true ? 'set-up-form' : 'set-up';
}

/** True where letters are typed into a field: their commands are not worth a place in the footer. */
export function hasField({ inField }: KeyScope): boolean {
  return inField ?? false;
}
