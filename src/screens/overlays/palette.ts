import { Palette } from '../../widgets/palette.js';
import type { KeyScope } from '../shell/command.js';
import { keyHelp } from '../shell/keys.js';
import type { ScreenContext } from '../shell/screen.js';
import { findCommands } from './find-commands.js';
import { Help } from '../../widgets/help.js';

/** Every action of the screen below by name. The chosen one is carried out once the palette is closed. */
export function createPalette(context: ScreenContext, scope: KeyScope): Palette {
  const palette = new Palette(context.terminal, {
    title: 'Commands',
    placeholder: 'What do you want to do?',
  });
  const show = (query: string): void => palette.set({ items: findCommands(scope, query) });
  show('');
  palette.onQuery(show);
  palette.onChoose((id) => {
    context.app.closeOverlay();
    context.perform(id);
  });
  return palette;
}

/** The keys of the screen below, as they are when it is opened. */
export function createHelp({ terminal }: ScreenContext, scope: KeyScope): Help {
  const help = new Help(terminal);
  help.set({ title: 'Keys', groups: keyHelp(scope) });
  return help;
}
