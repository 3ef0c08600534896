import { type Disposable, toDisposable } from '../core/lifecycle.js';
import { Declined, type Face, type Tone } from '../usecases/face.js';
import { type Instruction, type Line, lineText } from '../words/question.js';
import type { ActionContext } from './actions/context.js';
import type { RunHandle } from './actions/run.js';
import { type DialogLine, dialogLines } from './dialog-lines.js';
import type { DialogDraft } from './dialogs.js';
import type { ToastStyle } from './state.js';

export interface FaceOptions {
  readonly handle: RunHandle;
  /** Id of what the questions are about. */
  readonly subject: string | undefined;
  /** Aborted when the person leaves: an open question is closed, and no other is opened. */
  readonly signal: AbortSignal;
  /** Called on agreement, before the use case continues. */
  readonly onAgreed: () => void;
}

const STYLES: Readonly<Record<Exclude<Tone, 'advice'>, ToastStyle>> = {
  plain: 'accent',
  ok: 'ok',
  warn: 'warn',
};

/** Answers a use case with dialogs and toasts, for the action that it runs as. */
export function screenFace(
  context: Pick<ActionContext, 'messages' | 'ports'>,
  options: FaceOptions,
): Face {
  const { messages, ports } = context;
  const { handle, subject } = options;
  const shownLines = (lines: readonly Line[] = []): readonly DialogLine[] =>
    lines.flatMap((line) => dialogLines(line, ports.environment));
  return {
    confirm: ({ title, lines, yes, no = 'No', danger, typed }) =>
      answered(context, options, (agree: (value: void) => void, decline) => ({
        kind: 'question',
        title,
        lines: shownLines(lines),
        yes,
        no,
        danger,
        typed,
        subject,
        onYes() {
          options.onAgreed();
          agree();
        },
        onNo: decline,
      })),
    choose: ({ title, lines, isList, options: choices }) =>
      answered(context, options, (agree, decline) => ({
        kind: 'message',
        title,
        lines: shownLines(lines),
        subject,
        closing: 'Cancel',
        isList,
        actions: choices.map(({ label, value }) => ({ label, run: () => agree(value) })),
        onNo: decline,
      })),
    ask: ({ title, lines, field, initial = '', isPath, problem }) =>
      answered(context, options, (agree: (value: string) => void, decline) => ({
        ...entry(title, shownLines(lines), subject, decline),
        fields: [{ label: field, isSecret: false, isPath, initial }],
        onTexts([typed = '']) {
          const text = typed.trim();
          const refused = text === '' ? `${field} is missing.` : problem?.(text);
          if (refused === undefined) agree(text);
          return refused;
        },
      })),
    secret: ({ field, lines, fresh }) =>
      answered(context, options, (agree: (value: string) => void, decline) => ({
        ...entry(field, lines ?? [], subject, decline),
        fields: [field, ...(fresh === undefined ? [] : [fresh.repeat])].map((label) => ({
          label,
          isSecret: true,
          initial: '',
        })),
        onTexts([typed = '', repeated]) {
          const judged = fresh?.judge(typed);
          if (typed === '') return `${field} is missing.`;
          if (judged?.refused === true) return judged.text;
          if (repeated !== undefined && repeated !== typed) return 'They do not match.';
          agree(typed);
          return undefined;
        },
      })),
    progress: (text) => handle.waiting(text),
    hold: () => handle.hold(),
    follow: () => toDisposable(() => undefined),
    instruct: (instruction) => shownInstruction(context, subject, instruction),
    say(line, tone = 'plain') {
      if (tone === 'advice') return;
      messages.toast(STYLES[tone], lineText(line, ports.environment).trim());
    },
  };
}

function shownInstruction(
  { messages }: Pick<ActionContext, 'messages'>,
  subject: string | undefined,
  { title, lines, url, copy, after }: Instruction,
): Disposable {
  const id = messages.dialog({
    kind: 'message',
    title,
    lines: [
      ...lines,
      ...(url === undefined ? [] : [{ url }]),
      '',
      { shellLine: copy, copy: 'Copy the line' },
      '',
      ...after,
    ],
    subject,
    closing: 'Hide',
  });
  return toDisposable(() => {
    if (id !== undefined) messages.close(id);
  });
}

function entry(
  title: string,
  lines: readonly DialogLine[],
  subject: string | undefined,
  onNo: () => void,
) {
  return { kind: 'entry', title, lines, subject, problem: undefined, onNo } as const;
}

/** Opens a dialog; resolves to its answer. Rejects with Declined when it is closed, or the person leaves. */
function answered<T>(
  { messages }: Pick<ActionContext, 'messages'>,
  { handle, signal }: FaceOptions,
  draft: (agree: (value: T) => void, decline: () => void) => DialogDraft,
): Promise<T> {
  if (signal.aborted) return Promise.reject(new Declined());
  return new Promise((resolve, reject) => {
    const resume = handle.pause();
    const settled = (): void => signal.removeEventListener('abort', handleLeave);
    const decline = (): void => {
      settled();
      reject(new Declined());
    };
    const handleLeave = (): void => {
      if (id !== undefined) messages.close(id);
      reject(new Declined());
    };
    const agree = (value: T): void => {
      settled();
      resume();
      resolve(value);
    };
    const id = messages.dialog(draft(agree, decline));
    // The dialog that is open already is answered instead.
    if (id === undefined) reject(new Declined());
    else signal.addEventListener('abort', handleLeave, { once: true });
  });
}
