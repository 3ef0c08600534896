import { InputError } from '../core/errors.js';
import { TOKENS_PAGE } from '../core/product.js';

export function holdsToken(argument: string): boolean {
  return /do[a-z]_v\d_[0-9a-f]{16,}/i.test(argument);
}

/**
 * Error for a token in the arguments, no longer secret: every user of this machine sees them, and the shell keeps them.
 */
export function leakedToken(subject: string): InputError {
  return new InputError({
    code: 'token-in-arguments',
    message:
      'A token is never taken from the command line: others on this machine can read it there.',
    hint: [
      `${subject} must be considered leaked: delete it at ${TOKENS_PAGE} and in your shell’s history, and create a new one.`,
      { command: 'token.set', lead: 'Then store that' },
    ],
  });
}
