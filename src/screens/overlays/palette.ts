import Fuse from 'fuse.js';
import { Palette, type PaletteItem } from '../../widgets/palette.js';
import type { KeyScope } from '../shell/command.js';
import { commandsHere, keyHelp } from '../shell/keys.js';
import type { ScreenContext } from '../shell/screen.js';
import { Help } from '../../widgets/help.js';

/** Every action of the screen below by name. The chosen one is carried out once the palette is closed. */
export function createPalette(context: ScreenContext, scope: KeyScope): Palette {
  const palette = new Palette(context.terminal, {
    title: 'Commands',
    placeholder: 'What do you want to do?',
  });
  const show = (query: string): void => palette.set({ items: paletteItems(scope, query) });
  show('');
  palette.onQuery(show);
  palette.onChoose((id) => {
    context.app.closeOverlay();
    context.perform(id);
  });
  return palette;
}

/** Every command of this screen whose name fits the query, best first; all of them for an empty one. */
function paletteItems(scope: KeyScope, query: string): readonly PaletteItem[] {
  const all = commandsHere(scope)
    .filter(({ run, unnamed }) => run !== undefined && unnamed !== true)
    .map(({ id, description, keys, disabled }) => {
      return { id, label: description, key: keys[0], disabled: disabled?.(scope) };
    });
  const wanted = query.trim();
  if (wanted === '') return all;
  const fuse = new Fuse(all, { keys: ['label'], threshold: 0.4, ignoreLocation: true });
  return fuse.search(wanted).map(({ item }) => item);
}

/** The keys of the screen below, as they are when it is opened. */
export function createHelp({ terminal }: ScreenContext, scope: KeyScope): Help {
  const help = new Help(terminal);
  help.set({ title: 'Keys', groups: keyHelp(scope) });
  return help;
}
