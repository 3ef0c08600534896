import type { ShownError } from './shown-error.js';

export type AddServerField = 'url' | 'label';

/** What the person has entered about a server that is there already. */
export interface AddServerState {
  /** As typed. */
  readonly url: string;
  /** As typed; empty stands for the one that the host name suggests. */
  readonly label: string;
  /** `found`: looked at, and asked about. */
  readonly phase: 'editing' | 'looking' | 'found' | 'adding';
  /** Why the last try ended, under the field that caused it. */
  readonly problem: { readonly field: AddServerField; readonly error: ShownError } | undefined;
}

export const EMPTY_ADD_SERVER: AddServerState = {
  url: '',
  label: '',
  phase: 'editing',
  problem: undefined,
};
