import { messageOf, PortlamaError } from '../core/errors.js';

/** An error as a person sees it. Never a stack, never a secret. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** Reference to the details: `debug.log (14:02:11)`. */
  readonly logReference: string | undefined;
}

/** Ways on by keys, by error code, where the error names a command of the shell. */
const HINTS: Readonly<Record<string, string>> = {
  'token-missing': 'Paste one in the first step of “Create a new server”, then try again.',
  'droplet-elsewhere': 'Use the token of its own account: n, then the first step.',
  'stray-unknown': 'Press r to compare again.',
  'server-unknown': 'Press r to read the list again.',
};

/** Turns anything thrown into words for the person. An error other than PortlamaError is called a defect. */
export function shownError(thrown: unknown, logReference?: string): ShownError {
  if (thrown instanceof PortlamaError) {
    const { code, message } = thrown;
    const hint = thrown.hint === undefined ? undefined : (HINTS[code] ?? thrown.hint);
    return { code, message, hint, logReference };
  }
  return {
    code: 'unexpected',
    message: `Something unexpected happened: ${messageOf(thrown)}`,
    hint: 'This is a defect of the program. Run it with --log FILE to keep the details.',
    logReference,
  };
}
