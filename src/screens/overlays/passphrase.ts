import type { Dialog } from '../../app/dialogs.js';
import { judgePassphrase } from '../../app/passphrase.js';
import { style, type Text } from '../../widgets/markup.js';
import {
  SecretDialog,
  type SecretDialogData,
  type SecretField,
} from '../../widgets/secret-dialog.js';
import type { Modal, ScreenContext } from '../shell/screen.js';

type PassphraseDialog = Extract<Dialog, { kind: 'passphrase' }>;

/** The question for the vault's passphrase, in masked fields. */
export function createPassphrase(
  { terminal, app }: ScreenContext,
  dialog: PassphraseDialog,
): Modal {
  const overlay = new SecretDialog(terminal, passphraseView(dialog));
  let shown = dialog;
  overlay.onSubmit((typed) => void app.submitPassphrase(dialog.id, typed));
  overlay.onClose(() => void app.answerDialog(dialog.id, 'no'));
  return {
    overlay,
    show({ dialogs }) {
      const now = dialogs.find(({ id }) => id === dialog.id);
      if (now?.kind !== 'passphrase' || now === shown) return;
      shown = now;
      overlay.set(passphraseView(now));
    },
  };
}

/** View of the dialog. Pure, except for the typed text, which only the widget knows. */
function passphraseView({ purpose, problem, busy }: PassphraseDialog): SecretDialogData {
  const { title, lines, fields, submit, doing } = WORDS[purpose];
  const said = [problem?.message, problem?.hint].filter((part) => part !== undefined);
  return {
    title,
    lines,
    fields,
    problem: said.length === 0 ? undefined : said.join(' '),
    busy: busy ? doing : undefined,
    submit,
    cancel: purpose === 'unlock' ? 'Leave it locked' : 'Not now',
  };
}

interface Words {
  readonly title: Text;
  readonly lines: readonly Text[];
  readonly fields: readonly SecretField[];
  readonly submit: string;
  readonly doing: string;
}

const NEW_FIELDS: readonly SecretField[] = [
  { label: 'New passphrase', judge: judged },
  { label: 'The same again' },
];

const WORDS: Readonly<Record<PassphraseDialog['purpose'], Words>> = {
  unlock: {
    title: 'Open the vault',
    lines: [
      'Something that is kept in the encrypted vault is needed.',
      style('muted', 'Left locked, K asks again.'),
    ],
    fields: [{ label: 'Passphrase of the vault' }],
    submit: 'Open',
    doing: 'Opening it',
  },
  create: {
    title: 'Make a vault',
    lines: [
      'Secrets go into an encrypted file. Five or six words that have nothing to do with each other protect it.',
      style('muted', 'Nobody can open it without them: keep them in a safe place.'),
    ],
    fields: NEW_FIELDS,
    submit: 'Make it',
    doing: 'Making it',
  },
  change: {
    title: 'Change the passphrase of the vault',
    lines: [
      style('muted', 'Copies of the vault that were made before still open with the old one.'),
    ],
    fields: [{ label: 'Present passphrase' }, ...NEW_FIELDS],
    submit: 'Change it',
    doing: 'Changing it',
  },
};

function judged(typed: string): Text | undefined {
  const judgement = judgePassphrase(typed);
  return judgement === undefined ? undefined : style(judgement.style, judgement.text);
}
