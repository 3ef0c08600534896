import { Palette } from '../../widgets/palette.js';
import type { KeyScope } from '../shell/command.js';
import { formHelp, helpText } from '../shell/form-help.js';
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

/** Help for the form below, and the keys of the screen, as they are when it is opened. */
export function createHelp({ terminal }: ScreenContext, scope: KeyScope): Help {
  const help = new Help(terminal);
  const form = formHelp(scope.state);
  const { environment } = scope.state;
  help.set({
    title: form === undefined ? 'Keys' : form.title,
    lines: form === undefined ? [] : helpText(form, environment),
    groups: keyHelp(scope),
  });
  return help;
}
