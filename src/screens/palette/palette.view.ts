import type { KeyScope } from '../../app/keys/scope.js';
import { paletteEntries } from '../../app/palette.js';
import type { PaletteData } from '../../widgets/palette.js';

/** What the query finds. Pure. */
export function paletteView(scope: KeyScope, query: string): PaletteData {
  return {
    items: paletteEntries(scope, query).map(({ command, label, key, disabled }) => ({
      id: command,
      label,
      key,
      disabled,
    })),
  };
}
