import { messageOf, PortlamaError } from '../core/errors.js';
import { screenHintText } from '../words/hints.js';

/** An error as a person sees it. Never a stack, never a secret. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** Reference to the details: `debug.log (14:02:11)`. */
  readonly logReference: string | undefined;
}

/** Turns anything thrown into words for the person. An error other than PortlamaError is called a defect. */
export function shownError(
  thrown: unknown,
  world: { readonly sandbox: boolean },
  logReference?: string,
): ShownError {
  if (thrown instanceof PortlamaError) {
    const { code, message } = thrown;
    return { code, message, hint: screenHintText(thrown.hint, world), logReference };
  }
  return {
    code: 'unexpected',
    message: `Something unexpected happened: ${messageOf(thrown)}`,
    hint: 'This is a defect of the program. Run it with --log FILE to keep the details.',
    logReference,
  };
}
