import Fuse from 'fuse.js';
import type { CommandId } from './keys/commands.js';
import { keyHelp } from './keys/lookup.js';
import type { KeyScope } from './keys/scope.js';

/** An action by its name. */
export interface PaletteEntry {
  readonly command: CommandId;
  readonly label: string;
  readonly key: string | undefined;
  readonly disabled: string | undefined;
}

/** Every action of this screen whose name fits the query, best first; all of them for an empty one. */
export function paletteEntries(scope: KeyScope, query: string): readonly PaletteEntry[] {
  const all = keyHelp(scope)
    .flatMap(({ entries }) => entries)
    .filter(({ unnamed }) => !unnamed)
    .map(({ command, description, keys, disabled }): PaletteEntry => {
      return { command, label: description, key: keys[0], disabled };
    });
  const wanted = query.trim();
  if (wanted === '') return all;
  const fuse = new Fuse(all, { keys: ['label'], threshold: 0.4, ignoreLocation: true });
  return fuse.search(wanted).map(({ item }) => item);
}
