import { messageOf, PortlamaError } from '../core/errors.js';
import { asTyped } from '../core/program-name.js';
import { plainText } from './plain-text.js';

/** What went wrong, then what to do, a line each: nothing in them that a terminal obeys. */
export function errorLines(
  error: unknown,
  world: { readonly sandbox: boolean },
): readonly [string, ...string[]] {
  const hint = error instanceof PortlamaError ? (error.hint?.split('\n') ?? []) : [];
  const [first = '', ...rest] = [...messageOf(error).split('\n'), ...hint];
  const clean = (line: string): string => plainText(asTyped(line, world));
  return [clean(first), ...rest.map(clean)];
}
