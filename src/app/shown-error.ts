import { messageOf, PortlamaError } from '../core/errors.js';
import { mapHintText } from '../core/hint.js';
import { screenHintText } from '../words/hints.js';
import { type DialogLine, hintDialogLines } from './dialog-lines.js';

/** An error as a person sees it. Never a stack, never a secret. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** The hint for a dialog, which copies its commands and links. */
  readonly ways?: readonly DialogLine[];
  /** Reference to the details: `debug.log (14:02:11)`. */
  readonly logReference: string | undefined;
}

interface ErrorPlace {
  readonly sandbox: boolean;
  readonly logReference?: string | undefined;
  /** Redacts every text. */
  readonly clean?: (text: string) => string;
}

/** Turns anything thrown into words for the person. An error other than PortlamaError is called a defect. */
export function shownError(thrown: unknown, place: ErrorPlace): ShownError {
  const { logReference, clean = (text) => text } = place;
  if (thrown instanceof PortlamaError) {
    const { code, message } = thrown;
    const hint = mapHintText(thrown.hint, clean);
    const ways = hintDialogLines(hint, place);
    return {
      code,
      message: clean(message),
      hint: screenHintText(hint, place),
      ways,
      logReference,
    };
  }
  return {
    code: 'unexpected',
    message: clean(`Something unexpected happened: ${messageOf(thrown)}`),
    hint: 'This is a defect of the program. Run it with --log FILE to keep the details.',
    logReference,
  };
}
