import { messageOf, PortlamaError } from '../core/errors.js';
import { asTyped } from '../core/product.js';
import { hintLines } from '../words/hints.js';

/** Error, then its remedy, a line each; not cleaned yet. */
export function errorLines(
  error: unknown,
  world: { readonly sandbox: boolean },
): readonly [string, ...string[]] {
  const hint = error instanceof PortlamaError ? hintLines(error.hint, world) : [];
  const [first = '', ...rest] = [...messageOf(error).split('\n'), ...hint];
  return [asTyped(first, world), ...rest.map((line) => asTyped(line, world))];
}
