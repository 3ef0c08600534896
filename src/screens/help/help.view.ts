import { keyHelp } from '../../app/keys/lookup.js';
import type { KeyScope } from '../../app/keys/scope.js';
import type { HelpData } from '../../widgets/help.js';

/** Every key of the screen, from the table that binds them. Pure. */
export function helpView(scope: KeyScope): HelpData {
  return {
    title: 'Keys',
    groups: keyHelp(scope).map(({ title, entries }) => ({
      title,
      entries: entries.map(({ keys, description, disabled }) => ({
        keys,
        label: description,
        disabled,
      })),
    })),
  };
}
