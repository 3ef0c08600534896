import { PortlamaError } from '../../core/errors.js';

/** The sandbox could not be started or does not answer. */
export class SandboxError extends PortlamaError {
  override readonly name = 'SandboxError';
}

export function sandboxGone(cause: unknown): SandboxError {
  return new SandboxError({
    code: 'sandbox-gone',
    message: 'The sandbox does not answer any more.',
    hint: 'Start the program again: a new, empty sandbox comes with it.',
    cause,
  });
}
