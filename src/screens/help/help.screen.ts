import type { KeyScope } from '../../app/keys/scope.js';
import { Help } from '../../widgets/help.js';
import type { ScreenContext } from '../shell/screen.js';
import { helpView } from './help.view.js';

/** The keys of the screen below, as they are when it is opened. */
export function createHelp({ terminal }: ScreenContext, scope: KeyScope): Help {
  const help = new Help(terminal);
  help.set(helpView(scope));
  return help;
}
