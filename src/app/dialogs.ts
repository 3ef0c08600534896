import type { CertificateFacts } from '../services/panel/pin.js';
import type { ShownError } from './shown-error.js';

/** A question or message above the screen, as data. */
export type Dialog =
  | {
      readonly id: number;
      readonly kind: 'error';
      readonly title: string;
      readonly error: ShownError;
      /** Ways out, beside the button that closes it. */
      readonly actions?: readonly DialogAction[] | undefined;
    }
  | {
      readonly id: number;
      readonly kind: 'message';
      readonly title: string;
      readonly lines: readonly DialogLine[];
      readonly style?: 'ok' | 'warn' | 'danger' | undefined;
      /** Beside the button that closes it. */
      readonly actions?: readonly DialogAction[] | undefined;
      /** What its closing is called and does, however it is closed. */
      readonly closing?: DialogAction | undefined;
    }
  /** Asks for the passphrase of the vault. What is typed is in the widget only, never here. */
  | {
      readonly id: number;
      readonly kind: 'passphrase';
      readonly purpose: 'unlock' | 'create' | 'change';
      /** Why the last try did not do. */
      readonly problem: ShownError | undefined;
      /** It takes a second or two. */
      readonly busy: boolean;
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

export interface DialogAction {
  readonly label: string;
  /** Undefined: nothing more happens. */
  readonly intent: Intent | undefined;
}

/** The button that was pressed: `no` closes, `yes` agrees, a number is the place of a message's action. */
export type DialogChoice = 'no' | 'yes' | number;

/** Text from anywhere, untrusted; `url` is shown as a link as well. */
export type DialogLine = string | { readonly url: string } | { readonly strong: string };

/** What happens when a question is answered with "yes", or an action is chosen. */
export type Intent =
  | { readonly kind: 'add-server'; readonly confirmedSha256: string | undefined }
  /** Undefined: whoever the system's authorities vouch for. */
  | {
      readonly kind: 'trust-certificate';
      readonly serverId: string;
      readonly certificate: CertificateFacts | undefined;
    }
  | { readonly kind: 'copy'; readonly text: string; readonly what: string }
  | { readonly kind: 'copy-password'; readonly serverId: string }
  | { readonly kind: 'empty-clipboard' }
  | { readonly kind: 'restore-servers' }
  | { readonly kind: 'cancel-operation'; readonly operationId: string }
  | { readonly kind: 'clean-up-operation'; readonly operationId: string }
  | { readonly kind: 'retry-operation'; readonly operationId: string }
  | { readonly kind: 'destroy-server'; readonly serverId: string }
  | { readonly kind: 'ask-to-remove'; readonly serverId: string }
  | { readonly kind: 'remove-server'; readonly serverId: string }
  | { readonly kind: 'make-vault' }
  | { readonly kind: 'change-passphrase' }
  | { readonly kind: 'use-memory' }
  | { readonly kind: 'try-store-again' }
  | { readonly kind: 'forget-gone-server'; readonly serverId: string }
  | { readonly kind: 'adopt-stray'; readonly dropletId: number }
  | { readonly kind: 'destroy-stray'; readonly dropletId: number }
  | { readonly kind: 'quit' };

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A dialog before it was given its id. */
export type DialogDraft = Without<Dialog, 'id'>;
