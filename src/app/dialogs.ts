import type { QrCode } from '../words/qr-lines.js';
import type { DialogLine } from './dialog-lines.js';
import type { ShownError } from './shown-error.js';

/** A question or message above the screen, as data: what its answers do stays with `Messages`. */
export type Dialog = EntryDialog | ErrorDialog | MessageDialog | PassphraseDialog | QuestionDialog;

/** Asks for text in fields. What is typed is in the widget only, never here. */
interface EntryDialog extends Base {
  readonly kind: 'entry';
  readonly title: string;
  readonly lines: readonly DialogLine[];
  readonly fields: readonly EntryField[];
  /** Why the last text was refused. */
  readonly problem: string | undefined;
}

export interface EntryField {
  readonly label: string;
  readonly isSecret: boolean;
  /** A path of this machine, which Tab completes. */
  readonly isPath?: boolean | undefined;
  readonly initial: string;
}

interface ErrorDialog extends Base {
  readonly kind: 'error';
  readonly title: string;
  readonly error: ShownError;
  /** Names of the ways out, beside the button that closes it. */
  readonly actions?: readonly string[] | undefined;
}

interface MessageDialog extends Base {
  readonly kind: 'message';
  readonly title: string;
  readonly lines: readonly DialogLine[];
  readonly style?: 'ok' | 'warn' | 'danger' | undefined;
  /** Names of the buttons beside the one that closes it. */
  readonly actions?: readonly string[] | undefined;
  /** Those buttons are a list, one below the other. */
  readonly isList?: boolean | undefined;
  /** Name of the button that closes it. */
  readonly closing?: string | undefined;
  /** Lines too many for the screen are shown from the last one. */
  readonly fromEnd?: boolean | undefined;
  /** Shown beside the lines: the largest one that fits. */
  readonly codes?: readonly QrCode[] | undefined;
}

/** Asks for the passphrase of the vault. What is typed is in the widget only, never here. */
interface PassphraseDialog extends Base {
  readonly kind: 'passphrase';
  readonly purpose: 'unlock' | 'create' | 'change';
  /** Why the last try did not do. */
  readonly problem: ShownError | undefined;
  /** True while the answer is worked on, for a second or two. */
  readonly busy: boolean;
}

interface QuestionDialog extends Base {
  readonly kind: 'question';
  readonly title: string;
  readonly lines: readonly DialogLine[];
  /** Name of "yes": `Destroy`. "No" comes first and has the focus. */
  readonly yes: string;
  readonly no: string;
  readonly danger: boolean;
  /** Must be typed before "yes" can be pressed. */
  readonly typed: string | undefined;
}

interface Base {
  readonly id: number;
  /** Id of its subject: equal words about another subject are another dialog. */
  readonly subject?: string | undefined;
}

/** The button that was pressed: `no` closes, `yes` agrees, a number is the place of an action. */
export type DialogChoice = 'no' | 'yes' | number;

/** Called once the dialog is closed by that choice. */
export type Answer = () => void | Promise<void>;

export interface DialogAction {
  readonly label: string;
  readonly run: Answer;
}

interface Actions {
  readonly actions?: readonly DialogAction[] | undefined;
}

/** A dialog as it is opened, with what its answers do. */
export type DialogDraft =
  | (Omit<EntryDialog, 'id'> & { readonly onTexts: TakeTexts; readonly onNo?: Answer })
  | (Omit<ErrorDialog, 'id' | 'actions'> & Actions)
  | (Omit<MessageDialog, 'id' | 'actions'> & Actions & { readonly onNo?: Answer })
  | (Omit<PassphraseDialog, 'id'> & { readonly onNo?: Answer })
  | (Omit<QuestionDialog, 'id'> & { readonly onYes: Answer; readonly onNo?: Answer });

/** Takes the texts of all fields; a reason refuses them, and keeps the dialog open. */
export type TakeTexts = (texts: readonly string[]) => string | undefined;

/** Actions of the choices; a choice without one only closes the dialog. */
export type Answers = Readonly<Partial<Record<DialogChoice, Answer>>>;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Separates the visible part of a dialog from the actions of its answers. */
export function splitDraft(draft: DialogDraft): {
  readonly shown: Without<Dialog, 'id'>;
  readonly answers: Answers;
} {
  switch (draft.kind) {
    case 'entry': {
      const { onTexts: _, onNo, ...shown } = draft;
      return { shown, answers: declining(onNo) };
    }
    case 'question': {
      const { onYes, onNo, ...shown } = draft;
      return { shown, answers: { yes: onYes, ...declining(onNo) } };
    }
    case 'passphrase': {
      const { onNo, ...shown } = draft;
      return { shown, answers: declining(onNo) };
    }
    case 'message': {
      const { onNo, actions, ...rest } = draft;
      const shown = { ...rest, actions: labelsOf(actions) };
      return { shown, answers: { ...declining(onNo), ...runsOf(actions) } };
    }
    case 'error': {
      const { actions, ...rest } = draft;
      return { shown: { ...rest, actions: labelsOf(actions) }, answers: runsOf(actions) };
    }
  }
}

function declining(onNo: Answer | undefined): Answers {
  return onNo === undefined ? {} : { no: onNo };
}

function labelsOf(actions: Actions['actions']): readonly string[] | undefined {
  return actions?.map(({ label }) => label);
}

function runsOf(actions: Actions['actions'] = []): Answers {
  return Object.fromEntries(actions.map(({ run }, index) => [index, run]));
}
