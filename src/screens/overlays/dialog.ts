import type { DialogLine } from '../../app/dialog-lines.js';
import type { Dialog, DialogChoice } from '../../app/dialogs.js';
import { keyOf } from '../../words/keys.js';
import { copyLine } from '../../app/actions/panel.js';
import {
  confirmation,
  Dialog as DialogWidget,
  type DialogData,
  type DialogText,
} from '../../widgets/dialog.js';
import { link, style, type Text } from '../../widgets/markup.js';
import type { QrCode } from '../../words/qr-lines.js';
import type { ShownError } from '../../app/shown-error.js';
import type { Modal, ScreenContext } from '../shell/screen.js';
import { judgePassphrase } from '../../app/service-words.js';
import {
  SecretDialog,
  type SecretDialogData,
  type SecretField,
} from '../../widgets/secret-dialog.js';

type PlainDialog = Exclude<Dialog, { kind: 'entry' | 'passphrase' }>;

/** A question or a message. */
export function createDialog({ terminal, app }: ScreenContext, dialog: PlainDialog): Modal {
  const overlay = new DialogWidget(terminal, dialogView(dialog, terminal.capabilities.ascii));
  overlay.onChoose((id) => {
    const copy = copiesOf(linesOf(dialog)).find((each) => each.id === id);
    if (copy === undefined) void app.answerDialog(dialog.id, dialogChoice(id));
    else copyLine(app.work, copy.text, copy.label);
  });
  overlay.onClose(() => void app.answerDialog(dialog.id, 'no'));
  return { overlay };
}

/** A dialog of the state as the widget takes it. Pure. */
function dialogView(dialog: PlainDialog, ascii: boolean): DialogData {
  switch (dialog.kind) {
    case 'error':
      return {
        title: dialog.title,
        style: 'danger',
        lines: linesOf(dialog).map(dialogText),
        buttons: [
          { id: 'no', label: 'Close' },
          ...copiesOf(linesOf(dialog)),
          ...actionButtons(dialog.actions),
        ],
      };
    case 'message':
      return {
        title: dialog.title,
        style: dialog.style ?? 'accent',
        lines: dialog.lines.map(dialogText),
        fromEnd: dialog.fromEnd ?? false,
        ...(dialog.codes === undefined ? {} : { aside: asideOf(dialog.codes, ascii) }),
        ...(dialog.isList === true ? { list: actionButtons(dialog.actions) } : {}),
        buttons: [
          { id: 'no', label: dialog.closing ?? 'Close' },
          ...copiesOf(dialog.lines).filter(isCommand),
          ...(dialog.isList === true ? [] : actionButtons(dialog.actions)),
          ...copiesOf(dialog.lines).filter((copy) => !isCommand(copy)),
        ],
      };
    case 'question':
      return {
        ...confirmation({
          title: dialog.title,
          lines: dialog.lines.map(dialogText),
          yes: dialog.yes,
          no: dialog.no,
          others: copiesOf(dialog.lines).filter(isCommand),
          ...(dialog.typed === undefined ? {} : { typed: typedPrompt(dialog.typed) }),
        }),
        style: dialog.danger ? 'danger' : 'accent',
      };
  }
}

function asideOf(codes: readonly QrCode[], ascii: boolean): DialogData['aside'] {
  return {
    sizes: codes.filter(({ isAscii }) => isAscii === ascii).map(({ lines }) => lines),
    otherwise: style('muted', 'Make the window larger to see a QR code.'),
  };
}

/** The choice that a button's id stands for. */
function dialogChoice(id: string): DialogChoice {
  return id === 'yes' || id === 'no' ? id : Number(id);
}

interface Copy {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly isLink: boolean;
}

/** Links stand behind the ways out, and are left out of questions: the key to agree stays where it is. */
function isCommand({ isLink }: Copy): boolean {
  return !isLink;
}

/** A button for each line for a shell and each link. Several of one name are numbered. */
function copiesOf(lines: readonly DialogLine[]): readonly Copy[] {
  const found = lines.flatMap(copiesIn);
  return found.map(({ text, label, isLink }, index) => {
    const alike = found.filter((other) => other.label === label);
    const number = alike.findIndex((other) => other.text === text) + 1;
    return {
      id: `copy ${index}`,
      label: alike.length > 1 ? `${label} ${number}` : label,
      text,
      isLink,
    };
  });
}

/** An address without what ends the sentence around it. */
const LINK = /https?:\/\/[^\s"'“”’)]*[^\s"'“”’).,;:!?]/g;

function copiesIn(line: DialogLine): Omit<Copy, 'id'>[] {
  if (typeof line === 'string')
    return (line.match(LINK) ?? []).map((text) => ({ label: 'Copy link', text, isLink: true }));
  if ('shellLine' in line)
    return [{ label: line.copy ?? 'Copy command', text: line.shellLine, isLink: false }];
  return 'url' in line ? [{ label: line.copy ?? 'Copy link', text: line.url, isLink: true }] : [];
}

function linesOf(dialog: PlainDialog): readonly DialogLine[] {
  return dialog.kind === 'error' ? errorLines(dialog.error) : dialog.lines;
}

function actionButtons(actions: readonly string[] = []): DialogData['buttons'] {
  return actions.map((label, index) => ({ id: String(index), label }));
}

function typedPrompt(expected: string): NonNullable<DialogData['typed']> {
  return { prompt: `Type ${expected} to confirm`, expected };
}

function errorLines({ message, hint, ways, logReference }: ShownError): readonly DialogLine[] {
  const hints = ways ?? (hint === undefined ? [] : [hint]);
  return [
    message,
    ...(hints.length === 0 ? [] : ['', ...hints]),
    ...(logReference === undefined ? [] : ['', `Details: ${logReference}`]),
  ];
}

function dialogText(line: DialogLine): DialogText {
  const text = lineText(line);
  return typeof line === 'string' ? text : { whole: text };
}

function lineText(line: DialogLine): Text {
  if (typeof line === 'string') return line;
  if ('shellLine' in line) return style('strong', line.shellLine);
  return 'url' in line ? link(line.url) : style('strong', line.strong);
}

type EntryDialog = Extract<Dialog, { kind: 'entry' }>;

/** A question for texts, in fields. */
export function createEntry({ terminal, app }: ScreenContext, dialog: EntryDialog): Modal {
  const overlay = new SecretDialog(terminal, entryView(app, dialog));
  let shown = dialog;
  overlay.onSubmit((texts) => app.work.messages.enter(dialog.id, texts));
  overlay.onClose(() => void app.answerDialog(dialog.id, 'no'));
  return {
    overlay,
    show({ dialogs }) {
      const now = dialogs.find(({ id }) => id === dialog.id);
      if (now?.kind !== 'entry' || now === shown) return;
      shown = now;
      overlay.set(entryView(app, now));
    },
  };
}

function entryView(
  app: ScreenContext['app'],
  { title, lines, fields, problem }: EntryDialog,
): SecretDialogData {
  return {
    title,
    lines: lines.map(lineText),
    fields: fields.map(({ label, isSecret, isPath, initial }) => ({
      label,
      ...(isSecret ? {} : { shown: { initial } }),
      ...(isPath === true ? { complete: (typed: string) => app.completePath(typed) } : {}),
    })),
    problem,
    busy: undefined,
    submit: 'OK',
    cancel: 'Cancel',
  };
}

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
  const { title, lines, fields, submit, doing } = wordsOf()[purpose];
  const said = [problem?.message, problem?.hint].filter((part) => part !== undefined);
  return {
    title,
    lines,
    fields,
    problem: said.length === 0 ? undefined : said.join(' '),
    busy: busy ? doing : undefined,
    submit,
    cancel: purpose === 'unlock' ? 'Keep locked' : 'Not now',
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
  { label: 'Repeat passphrase' },
];

/** Asked for each time: a sentence names a key. */
const wordsOf = (): Readonly<Record<PassphraseDialog['purpose'], Words>> => ({
  unlock: {
    title: 'Open the vault',
    lines: [
      'This needs a secret from the encrypted vault.',
      style('muted', `Press ${keyOf('secrets')} to unlock it later.`),
    ],
    fields: [{ label: 'Passphrase of the vault' }],
    submit: 'Open',
    doing: 'Opening…',
  },
  create: {
    title: 'Create a vault',
    lines: [
      'Secrets are kept in an encrypted file. Use five or six unrelated words as the passphrase.',
      style('muted', 'It cannot be recovered: keep it in a safe place.'),
    ],
    fields: NEW_FIELDS,
    submit: 'Create vault',
    doing: 'Creating…',
  },
  change: {
    title: 'Change the passphrase of the vault',
    lines: [style('muted', 'Old copies of the vault still open with the old passphrase.')],
    fields: [{ label: 'Current passphrase' }, ...NEW_FIELDS],
    submit: 'Change passphrase',
    doing: 'Changing…',
  },
});

function judged(typed: string): Text | undefined {
  const judgement = judgePassphrase(typed);
  return judgement === undefined ? undefined : style(judgement.style, judgement.text);
}
