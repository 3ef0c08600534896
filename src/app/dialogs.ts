import type { ShownError } from './shown-error.js';

/** A question or message above the screen, as data. */
export type Dialog =
  | {
      readonly id: number;
      readonly kind: 'error';
      readonly title: string;
      readonly error: ShownError;
    }
  | {
      readonly id: number;
      readonly kind: 'message';
      readonly title: string;
      readonly lines: readonly DialogLine[];
    }
  | {
      readonly id: number;
      readonly kind: 'question';
      readonly title: string;
      readonly lines: readonly DialogLine[];
      /** What "yes" is called here: `Destroy`. "No" comes first and has the focus. */
      readonly yes: string;
      readonly no: string;
      readonly danger: boolean;
      /** Must be typed before "yes" can be pressed. */
      readonly typed: string | undefined;
      readonly intent: Intent;
    };

/** Text from anywhere, untrusted; `url` is shown as a link as well. */
export type DialogLine = string | { readonly url: string } | { readonly strong: string };

/** What happens when a question is answered with "yes". */
export type Intent =
  | { readonly kind: 'cancel-operation'; readonly operationId: string }
  | { readonly kind: 'clean-up-operation'; readonly operationId: string }
  | { readonly kind: 'destroy-server'; readonly serverId: string }
  | { readonly kind: 'remove-server'; readonly serverId: string }
  | { readonly kind: 'quit' };

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A dialog before it was given its id. */
export type DialogDraft = Without<Dialog, 'id'>;
