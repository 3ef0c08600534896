import type { CommandId } from '../../app/keys/commands.js';
import type { KeyScope } from '../../app/keys/scope.js';
import { Palette } from '../../widgets/palette.js';
import type { ScreenContext } from '../shell/screen.js';
import { paletteView } from './palette.view.js';

/** Every action of the screen below by name. The chosen one is carried out once the palette is closed. */
export function createPalette(context: ScreenContext, scope: KeyScope): Palette {
  const palette = new Palette(context.terminal, {
    title: 'Commands',
    placeholder: 'What do you want to do?',
  });
  palette.set(paletteView(scope, ''));
  palette.onQuery((query) => palette.set(paletteView(scope, query)));
  palette.onChoose((id) => {
    context.app.closeOverlay();
    context.perform(id as CommandId);
  });
  return palette;
}
