import type { Dialog, DialogChoice, DialogLine } from '../../app/dialogs.js';
import { copyShellLine } from '../../app/actions/panel.js';
import {
  confirmation,
  Dialog as DialogWidget,
  type DialogData,
  type DialogText,
} from '../../widgets/dialog.js';
import { link, style, type Text } from '../../widgets/markup.js';
import type { QrCode } from '../../words/qr-lines.js';
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
    const line = shellLineOf(dialog, id);
    if (line === undefined) void app.answerDialog(dialog.id, dialogChoice(id));
    else copyShellLine(app.work, line);
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
        lines: errorLines(dialog.error),
        buttons: [{ id: 'no', label: 'Close' }, ...actionButtons(dialog.actions)],
      };
    case 'message':
      return {
        title: dialog.title,
        style: dialog.style ?? 'accent',
        lines: dialog.lines.map(dialogText),
        fromEnd: dialog.fromEnd ?? false,
        ...(dialog.codes === undefined ? {} : { aside: asideOf(dialog.codes, ascii) }),
        buttons: [
          { id: 'no', label: dialog.closing ?? 'Close' },
          ...copyButtons(dialog.lines),
          ...actionButtons(dialog.actions),
        ],
      };
    case 'question':
      return {
        ...confirmation({
          title: dialog.title,
          lines: dialog.lines.map(dialogText),
          yes: dialog.yes,
          no: dialog.no,
          others: copyButtons(dialog.lines),
          ...(dialog.typed === undefined ? {} : { typed: typedPrompt(dialog.typed) }),
        }),
        style: dialog.danger ? 'danger' : 'accent',
      };
  }
}

function asideOf(codes: readonly QrCode[], ascii: boolean): DialogData['aside'] {
  return {
    sizes: codes.filter(({ isAscii }) => isAscii === ascii).map(({ lines }) => lines),
    otherwise: style('muted', 'Make the window larger for a code to scan.'),
  };
}

/** The choice that a button's id stands for. */
function dialogChoice(id: string): DialogChoice {
  return id === 'yes' || id === 'no' ? id : Number(id);
}

const COPY = 'copy ';

/** A button for each line for a shell. */
function copyButtons(lines: readonly DialogLine[]): DialogData['buttons'] {
  return lines.flatMap((line, index) =>
    typeof line === 'object' && 'shellLine' in line
      ? [{ id: `${COPY}${index}`, label: line.copy ?? 'Copy command' }]
      : [],
  );
}

/** The line that a button copies; undefined for other buttons. */
function shellLineOf(dialog: PlainDialog, id: string): string | undefined {
  if (!id.startsWith(COPY) || dialog.kind === 'error') return undefined;
  const line = dialog.lines[Number(id.slice(COPY.length))];
  return typeof line === 'object' && 'shellLine' in line ? line.shellLine : undefined;
}

function actionButtons(actions: readonly string[] = []): DialogData['buttons'] {
  return actions.map((label, index) => ({ id: String(index), label }));
}

function typedPrompt(expected: string): NonNullable<DialogData['typed']> {
  return { prompt: `Type ${expected} to confirm`, expected };
}

function errorLines(error: Extract<Dialog, { kind: 'error' }>['error']): readonly Text[] {
  return [
    error.message,
    ...(error.hint === undefined ? [] : ['', error.hint]),
    ...(error.logReference === undefined
      ? []
      : ['', style('muted', `Details: ${error.logReference}`)]),
  ];
}

function dialogText(line: DialogLine): DialogText {
  const text = lineText(line);
  return typeof line === 'object' && 'shellLine' in line ? { whole: text } : text;
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
  const { title, lines, fields, submit, doing } = WORDS[purpose];
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

const WORDS: Readonly<Record<PassphraseDialog['purpose'], Words>> = {
  unlock: {
    title: 'Open the vault',
    lines: [
      'A secret in the encrypted vault is needed.',
      style('muted', 'Press K to unlock it later.'),
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
};

function judged(typed: string): Text | undefined {
  const judgement = judgePassphrase(typed);
  return judgement === undefined ? undefined : style(judgement.style, judgement.text);
}
