import Fuse from 'fuse.js';
import type { PaletteItem } from '../../widgets/palette.js';
import { keyLabel } from '../../widgets/terminal/keys.js';
import { type Command, CONTEXTS, type KeyScope } from '../shell/command.js';
import { commandsHere, commandsOf, resolve } from '../shell/keys.js';

/** A command with the texts that it is found by. */
interface Named {
  readonly item: PaletteItem;
  /** Parts of its id, footer label, keys and synonyms: what people type. */
  readonly names: readonly string[];
  readonly description: string;
}

/**
 * Commands that fit the query: those of this screen as they are now, then those of others, which say where they work.
 * Literal matches go first, the closest on top; for an empty query all of this screen.
 */
export function findCommands(scope: KeyScope, query: string): readonly PaletteItem[] {
  const here = commandsHere(scope).filter(isNamed);
  const named = here.map((command) => namedOf(command, scope, command.disabled?.(scope)));
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return named.map(({ item }) => item);
  // Drop a second entry with the same words.
  const known = new Set(here.flatMap(({ id, description }) => [id, description]));
  const others = commandsOf(scope.state).filter(
    (command) => isNamed(command) && !known.has(command.id) && !known.has(command.description),
  );
  const elsewhere = [...new Map(others.map((command) => [command.id, command])).values()].map(
    (command) => namedOf(command, scope, `on the screen “${CONTEXTS[command.context]}”`),
  );
  const all = [...named, ...elsewhere];
  const ranked = all
    .map((entry) => ({ entry, rank: rankOf(entry, wanted, query.trim()) }))
    .filter(({ rank }) => rank < NOT_FOUND)
    .sort((one, other) => one.rank - other.rank);
  if (ranked.length > 0) return ranked.map(({ entry }) => entry.item);
  // No match: the text may have a typing error.
  const fuzzy = new Fuse(all, {
    keys: ['description', 'names'],
    threshold: 0.3,
    ignoreLocation: true,
  });
  return fuzzy.search(wanted).map(({ item }) => item.item);
}

function isNamed({ run, unnamed }: Command): boolean {
  return run !== undefined && unnamed !== true;
}

function namedOf(command: Command, scope: KeyScope, disabled: string | undefined): Named {
  const { id, description, keys, synonyms = [] } = command;
  return {
    item: { id, label: description, keys, disabled },
    names: [
      id,
      ...id.split(/[.-]/),
      resolve(command.label, scope).toLowerCase(),
      ...keys.map((key) => keyLabel(key, true).toLowerCase()),
      ...synonyms,
    ],
    description: description.toLowerCase(),
  };
}

const NOT_FOUND = 9;

/** Closeness of a match, best first; a key in the very case that was typed is the best of all. */
function rankOf({ item, names, description }: Named, wanted: string, typed: string): number {
  const words = description.split(/[^\p{L}\p{N}]+/u);
  if (item.keys.includes(typed)) return 0;
  if (names.includes(wanted)) return 1;
  if (names.some((name) => name.startsWith(wanted))) return 2;
  if (description.startsWith(wanted)) return 3;
  if (words.some((word) => word.startsWith(wanted))) return 4;
  if (wanted.length > 1 && description.includes(wanted)) return 5;
  const parts = wanted.split(/\s+/);
  const text = [...names, description].join(' ');
  return parts.length > 1 && parts.every((part) => text.includes(part)) ? 6 : NOT_FOUND;
}
