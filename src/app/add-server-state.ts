import type { PanelInspection } from '../services/panel/inspect.js';
import type { ShownError } from './shown-error.js';

export type AddServerField = 'url' | 'label';

/** What the person has entered about a server that is there already. */
export interface AddServerState {
  /** As typed. */
  readonly url: string;
  /** As typed; empty stands for the one that the host name suggests. */
  readonly label: string;
  readonly phase: 'editing' | 'looking' | 'found' | 'adding';
  /** What answered at `url`; undefined before it was looked at. */
  readonly inspection: PanelInspection | undefined;
  /** Why the last try ended, under the field that caused it. */
  readonly problem: { readonly field: AddServerField; readonly error: ShownError } | undefined;
}

export const EMPTY_ADD_SERVER: AddServerState = {
  url: '',
  label: '',
  phase: 'editing',
  inspection: undefined,
  problem: undefined,
};
