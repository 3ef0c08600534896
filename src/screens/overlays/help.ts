import { Help } from '../../widgets/help.js';
import type { KeyScope } from '../shell/command.js';
import { keyHelp } from '../shell/keys.js';
import type { ScreenContext } from '../shell/screen.js';

/** The keys of the screen below, as they are when it is opened. */
export function createHelp({ terminal }: ScreenContext, scope: KeyScope): Help {
  const help = new Help(terminal);
  help.set({ title: 'Keys', groups: keyHelp(scope) });
  return help;
}
