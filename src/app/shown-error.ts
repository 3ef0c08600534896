import { messageOf, PortlamaError } from '../core/errors.js';

/** An error as a person sees it. Never a stack, never a secret. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** Where the details are: `debug.log (14:02:11)`. */
  readonly logReference: string | undefined;
}

/** Anything thrown, in words for the person. What is not a PortlamaError is a defect and says so. */
export function shownError(thrown: unknown, logReference?: string): ShownError {
  if (thrown instanceof PortlamaError) {
    return { code: thrown.code, message: thrown.message, hint: thrown.hint, logReference };
  }
  return {
    code: 'unexpected',
    message: `Something unexpected happened: ${messageOf(thrown)}`,
    hint: 'This is a defect of the program. Run it with --log FILE to keep the details.',
    logReference,
  };
}
