import { messageOf, PortlamaError } from '../core/errors.js';
import { asTyped } from '../core/product.js';

/** What went wrong, then what to do, a line each, in words that are not cleaned yet. */
export function errorLines(
  error: unknown,
  world: { readonly sandbox: boolean },
): readonly [string, ...string[]] {
  const hint = error instanceof PortlamaError ? (error.hint?.split('\n') ?? []) : [];
  const [first = '', ...rest] = [...messageOf(error).split('\n'), ...hint];
  return [asTyped(first, world), ...rest.map((line) => asTyped(line, world))];
}
