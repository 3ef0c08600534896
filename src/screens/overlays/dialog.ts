import type { Dialog, DialogChoice, DialogLine } from '../../app/dialogs.js';
import { confirmation, Dialog as DialogWidget, type DialogData } from '../../widgets/dialog.js';
import { link, style, type Text } from '../../widgets/markup.js';
import type { Modal, ScreenContext } from '../shell/screen.js';

type PlainDialog = Exclude<Dialog, { kind: 'passphrase' }>;

/** A question or a message. */
export function createDialog({ terminal, app }: ScreenContext, dialog: PlainDialog): Modal {
  const overlay = new DialogWidget(terminal, dialogView(dialog));
  overlay.onChoose((id) => void app.answerDialog(dialog.id, dialogChoice(id)));
  overlay.onClose(() => void app.answerDialog(dialog.id, 'no'));
  return { overlay };
}

/** A dialog of the state as the widget takes it. Pure. */
function dialogView(dialog: PlainDialog): DialogData {
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
        lines: dialog.lines.map(lineText),
        buttons: [{ id: 'no', label: dialog.closing ?? 'Close' }, ...actionButtons(dialog.actions)],
      };
    case 'question':
      return {
        ...confirmation({
          title: dialog.title,
          lines: dialog.lines.map(lineText),
          yes: dialog.yes,
          no: dialog.no,
          ...(dialog.typed === undefined ? {} : { typed: typedPrompt(dialog.typed) }),
        }),
        style: dialog.danger ? 'danger' : 'accent',
      };
  }
}

/** The choice that a button's id stands for. */
function dialogChoice(id: string): DialogChoice {
  return id === 'yes' || id === 'no' ? id : Number(id);
}

function actionButtons(actions: readonly string[] = []): DialogData['buttons'] {
  return actions.map((label, index) => ({ id: String(index), label }));
}

function typedPrompt(expected: string): NonNullable<DialogData['typed']> {
  return { prompt: `Type ${expected} to go on`, expected };
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

function lineText(line: DialogLine): Text {
  if (typeof line === 'string') return line;
  return 'url' in line ? link(line.url) : style('strong', line.strong);
}
