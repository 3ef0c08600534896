import type { ShownError } from './shown-error.js';

export type AddServerField = 'url' | 'label';

/** Entries of the person about an existing server. */
export interface AddServerState {
  /** Unparsed, as typed. */
  readonly url: string;
  /** Unparsed, as typed; empty stands for the label suggested by the host name. */
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
