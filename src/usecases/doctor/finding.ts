import { messageOf, PortlamaError, systemCodeOf } from '../../core/errors.js';
import type { Hint } from '../../core/hint.js';
import { shellWord } from '../../core/shell-word.js';

/** One fact. `note` is worth knowing, `problem` needs attention. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'problem';
  /** `Home folder` */
  readonly name: string;
  readonly text: string;
  /** Remedy; several lines where there are several ways. */
  readonly hint?: Hint | undefined;
}

/** Runs a check; its failure is a finding, so that the other checks still run. */
export async function attempt(
  name: string,
  check: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [problem(name, error)];
  }
}

/** A failure as a finding that needs attention. */
export function problem(name: string, error: unknown): Finding {
  if (error instanceof PortlamaError)
    return { level: 'problem', name, text: error.message, hint: error.hint };
  const path = (error as { path?: unknown } | null)?.path;
  const isRefused = ['EACCES', 'EPERM'].includes(systemCodeOf(error) ?? '');
  if (!isRefused || typeof path !== 'string')
    return { level: 'problem', name, text: messageOf(error) };
  return {
    level: 'problem',
    name,
    text: `${path} cannot be opened: permission is denied`,
    hint: `Find out who owns it: ls -ld ${shellWord(path)}`,
  };
}
