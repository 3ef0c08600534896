import { PANEL_PACKAGE } from '../../core/product.js';
import { DAY_MS } from '../../core/time.js';
import type { FoundVersion } from '../../services/installer/find-package.js';
import type { ActionContext } from './context.js';

/** The last answer of the registry, by program. */
const answers = new WeakMap<
  ActionContext['store'],
  { readonly at: number; readonly found: Promise<FoundVersion> }
>();

/** The newest panel in the npm registry, which is asked once a day at most. */
export function findNewestPanel({ store, ports, signal }: ActionContext): Promise<FoundVersion> {
  const now = ports.clock.now();
  const known = answers.get(store);
  if (known !== undefined && now - known.at < DAY_MS) return known.found;
  const found = ports.findNewest(PANEL_PACKAGE, signal);
  answers.set(store, { at: now, found });
  return found;
}

/** Lets the registry be asked again. */
export function forgetNewestPanel({ store }: ActionContext): void {
  answers.delete(store);
}
