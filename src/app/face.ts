import { type Confirming, Declined, type Tone } from '../usecases/face.js';
import { fingerprintLines } from '../words/certificates.js';
import { screenHintLines } from '../words/hints.js';
import { type Line, lineText } from '../words/question.js';
import type { ActionContext } from './actions/context.js';
import type { RunHandle } from './actions/run.js';
import type { DialogLine } from './dialogs.js';
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
  { messages, ports }: Pick<ActionContext, 'messages' | 'ports'>,
  { handle, subject, signal, onAgreed }: FaceOptions,
): Confirming {
  return {
    confirm({ title, lines, yes, no = 'No', danger, typed }) {
      if (signal.aborted) return Promise.reject(new Declined());
      return new Promise((resolve, reject) => {
        const resume = handle.pause();
        const handleLeave = (): void => {
          if (id !== undefined) messages.close(id);
          reject(new Declined());
        };
        const settled = (): void => signal.removeEventListener('abort', handleLeave);
        const id = messages.dialog({
          kind: 'question',
          title,
          lines: lines.flatMap((line) => dialogLines(line, ports.environment)),
          yes,
          no,
          danger,
          typed,
          subject,
          onYes() {
            settled();
            onAgreed();
            resume();
            resolve();
          },
          onNo() {
            settled();
            reject(new Declined());
          },
        });
        // The dialog that is open already is answered instead.
        if (id === undefined) reject(new Declined());
        else signal.addEventListener('abort', handleLeave, { once: true });
      });
    },
    progress: (text) => handle.waiting(text),
    hold: () => handle.hold(),
    say(line, tone = 'plain') {
      if (tone === 'advice') return;
      messages.toast(STYLES[tone], lineText(line, ports.environment).trim());
    },
  };
}

/** A fingerprint takes two lines of a dialog. */
export function dialogLines(
  line: Line,
  world: { readonly sandbox: boolean },
): readonly DialogLine[] {
  if (typeof line === 'string') return [line];
  if ('command' in line)
    return screenHintLines(line, world).map((text) => ({ strong: `  ${text}` }));
  return 'fingerprint' in line ? fingerprintLines(line.fingerprint) : [line];
}
